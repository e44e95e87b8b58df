-- +goose Up

-- Instants are Unix milliseconds, UTC. Dates are civil dates YYYY-MM-DD in the person's
-- own zone; a range of dates is half-open: [from_date, to_date).

-- The vault itself: one row, one person.
CREATE TABLE vault (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    account    TEXT    NOT NULL CHECK (account <> ''),
    salt       BLOB    NOT NULL,           -- of the key that seals tokens
    created_at INTEGER NOT NULL
) STRICT;

-- Whose data a source gave: a vault refuses a second person.
CREATE TABLE owners (
    source  TEXT PRIMARY KEY,
    user_id TEXT NOT NULL
) STRICT;

-- The audit log: one row for each command that changed the vault or a target.
CREATE TABLE runs (
    id         INTEGER PRIMARY KEY,
    command    TEXT    NOT NULL,
    version    TEXT    NOT NULL,
    host       TEXT    NOT NULL,
    pid        INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,                    -- NULL: running, or cut off
    outcome    TEXT,
    requests   INTEGER NOT NULL DEFAULT 0,
    pages      INTEGER NOT NULL DEFAULT 0,
    bytes      INTEGER NOT NULL DEFAULT 0,
    points     INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Who took a lock last: fetch, or export-<target>. The lock itself is a side file.
CREATE TABLE holders (
    lock  TEXT    PRIMARY KEY,
    host  TEXT    NOT NULL,
    pid   INTEGER NOT NULL,
    since INTEGER NOT NULL
) STRICT;

-- Answers by content. A superseded body may be dropped later: data becomes NULL, the
-- hash stays.
CREATE TABLE bodies (
    id       INTEGER PRIMARY KEY,
    sha256   BLOB    NOT NULL UNIQUE CHECK (length(sha256) = 32),
    size     INTEGER NOT NULL,
    encoding TEXT    NOT NULL CHECK (encoding IN ('identity', 'zstd')),
    data     BLOB
) STRICT;

-- A window is one question. complete: the truth for its range when it was asked.
-- doubtful: an empty answer where there was data, to be confirmed by a second one.
-- refused: the source will never answer it. unread: the answer has the wrong shape.
-- partial: pages are missing.
CREATE TABLE windows (
    id          INTEGER PRIMARY KEY,
    source      TEXT    NOT NULL,
    type        TEXT    NOT NULL,
    from_date   TEXT    NOT NULL CHECK (from_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    to_date     TEXT    NOT NULL CHECK (to_date > from_date AND to_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    state       TEXT    NOT NULL CHECK (state IN ('partial', 'complete', 'doubtful', 'refused', 'unread')),
    ask_version INTEGER NOT NULL,
    elements    INTEGER NOT NULL,
    asked_at    INTEGER NOT NULL,
    answered_at INTEGER NOT NULL,
    synced_at   INTEGER,                   -- newest tracker sync known when it was asked
    settled_to  TEXT    NOT NULL,          -- its days before this date can no longer change
    run_id      INTEGER NOT NULL REFERENCES runs (id)
) STRICT;
CREATE INDEX windows_by_type ON windows (source, type, from_date);

-- One HTTP answer or archive member, byte for byte. Immutable.
CREATE TABLE responses (
    id         INTEGER PRIMARY KEY,
    window_id  INTEGER NOT NULL REFERENCES windows (id),
    page       INTEGER NOT NULL,
    method     TEXT    NOT NULL,
    path       TEXT    NOT NULL,           -- path and query; never a secret
    status     INTEGER NOT NULL,
    headers    TEXT    NOT NULL,           -- JSON object: date and quota headers
    fetched_at INTEGER NOT NULL,
    zone       TEXT    NOT NULL,           -- in force when it was fetched; '' when none was known
    sha256     BLOB    NOT NULL REFERENCES bodies (sha256),
    run_id     INTEGER NOT NULL REFERENCES runs (id),
    UNIQUE (window_id, page)
) STRICT;
CREATE INDEX responses_by_body ON responses (sha256);

-- +goose StatementBegin
CREATE TRIGGER responses_are_immutable BEFORE UPDATE ON responses
BEGIN
    SELECT RAISE(ABORT, 'responses are immutable');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER responses_are_kept BEFORE DELETE ON responses
BEGIN
    SELECT RAISE(ABORT, 'responses are never deleted');
END;
-- +goose StatementEnd

-- What is staged: disjoint ranges, each with the newest complete window over it.
CREATE TABLE coverage (
    source    TEXT    NOT NULL,
    type      TEXT    NOT NULL,
    from_date TEXT    NOT NULL,
    to_date   TEXT    NOT NULL CHECK (to_date > from_date),
    window_id INTEGER NOT NULL REFERENCES windows (id),
    PRIMARY KEY (source, type, from_date)
) STRICT;
CREATE INDEX coverage_by_window ON coverage (window_id);

-- What a source will not give, and when to try again. refused: until the ask changes.
-- denied: no scope or right, until a new sign-in or retry_at.
CREATE TABLE unavailable (
    source      TEXT    NOT NULL,
    type        TEXT    NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('denied', 'refused')),
    reason      TEXT    NOT NULL,
    ask_version INTEGER NOT NULL,
    since       INTEGER NOT NULL,
    retry_at    INTEGER NOT NULL,
    PRIMARY KEY (source, type)
) STRICT;

-- A page that did not read, or a line that a target refused. Kept after it was mended.
CREATE TABLE rejects (
    id          INTEGER PRIMARY KEY,
    stage       TEXT    NOT NULL CHECK (stage IN ('fetch', 'read', 'write')),
    source      TEXT    NOT NULL,
    type        TEXT    NOT NULL,          -- for a refused line: its measurement
    window_id   INTEGER REFERENCES windows (id),
    target_id   INTEGER REFERENCES targets (id),
    error       TEXT    NOT NULL,
    tries       INTEGER NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    resolved_at INTEGER
) STRICT;
CREATE INDEX rejects_open ON rejects (source, type) WHERE resolved_at IS NULL;

CREATE TABLE tokens (
    source     TEXT    PRIMARY KEY,
    access     BLOB    NOT NULL,
    refresh    BLOB    NOT NULL,
    sealed     INTEGER NOT NULL,           -- 1: access and refresh are encrypted
    scopes     TEXT    NOT NULL,           -- space-delimited; '' when not known
    expires_at INTEGER NOT NULL,           -- of access
    dead       INTEGER NOT NULL,           -- 1: the source refused the refresh token
    seed       BLOB    NOT NULL,           -- hash of the environment's token it came from
    updated_at INTEGER NOT NULL
) STRICT;

-- Calls used of the current budget, so that a restart neither burns nor forgets it.
CREATE TABLE quota (
    source     TEXT    PRIMARY KEY,
    per_window INTEGER NOT NULL,
    used       INTEGER NOT NULL,
    reset_at   INTEGER NOT NULL,
    greeted    INTEGER NOT NULL,           -- 429s met right after a reset, in a row
    updated_at INTEGER NOT NULL
) STRICT;

-- The zones a person lived in, and how each is known.
CREATE TABLE zones (
    from_date TEXT    NOT NULL,
    how       TEXT    NOT NULL CHECK (how IN ('hand', 'data', 'profile', 'archive', 'setting')),
    zone      TEXT    NOT NULL,
    noted_at  INTEGER NOT NULL,
    PRIMARY KEY (from_date, how)
) STRICT;

CREATE TABLE targets (
    id             INTEGER PRIMARY KEY,
    address        TEXT    NOT NULL,
    database       TEXT    NOT NULL,
    schema         TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    last_export_at INTEGER,
    UNIQUE (address, database, schema)
) STRICT;

-- Export memory: what a target holds of each unit.
CREATE TABLE exported (
    target_id       INTEGER NOT NULL REFERENCES targets (id) ON DELETE CASCADE,
    measurement     TEXT    NOT NULL,
    from_date       TEXT    NOT NULL,
    to_date         TEXT    NOT NULL,
    inputs          BLOB    NOT NULL,      -- digest of the windows, zones and mappings it was computed from
    digest          BLOB    NOT NULL,      -- digest of the points written
    keys            BLOB    NOT NULL,      -- what tells the points apart, to find the vanished ones
    points          INTEGER NOT NULL,
    newest_response INTEGER NOT NULL,
    mapping_version INTEGER NOT NULL,
    exported_at     INTEGER NOT NULL,
    PRIMARY KEY (target_id, measurement, from_date)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE exported;
DROP TABLE rejects;
DROP TABLE targets;
DROP TABLE zones;
DROP TABLE quota;
DROP TABLE tokens;
DROP TABLE unavailable;
DROP TABLE coverage;
DROP TRIGGER responses_are_kept;
DROP TABLE responses;
DROP TABLE windows;
DROP TABLE bodies;
DROP TABLE holders;
DROP TABLE runs;
DROP TABLE owners;
DROP TABLE vault;
