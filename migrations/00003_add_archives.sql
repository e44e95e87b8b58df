-- +goose Up

-- An archive of Google Takeout or of the Fitbit site, all parts of a set together. Each of
-- its families of members is a window, each member a page of it.
CREATE TABLE archives (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL,          -- of the set, without part numbers
    stamp       INTEGER,                   -- when it was ordered; NULL: its name does not tell
    zone        TEXT    NOT NULL,          -- of its profile: minutes and samples are filed under days by its midnights
    height_m    REAL    NOT NULL,          -- of the person; 0: not known
    taken_at    INTEGER NOT NULL,          -- its data ends here
    whole       INTEGER NOT NULL,          -- 0: the import was cut off
    imported_at INTEGER NOT NULL,
    run_id      INTEGER NOT NULL REFERENCES runs (id)
) STRICT;

ALTER TABLE windows ADD COLUMN archive_id INTEGER REFERENCES archives (id);

-- What the windows of archives consist of. A member that an earlier archive held already is
-- the response that it was staged as then. The truth of which days it is: from_date to
-- to_date. held: those that it has records of, as a JSON array of half-open ranges.
CREATE TABLE members (
    window_id   INTEGER NOT NULL REFERENCES windows (id),
    response_id INTEGER NOT NULL REFERENCES responses (id),
    from_date   TEXT    NOT NULL,
    to_date     TEXT    NOT NULL CHECK (to_date >= from_date),
    held        TEXT    NOT NULL,
    PRIMARY KEY (window_id, response_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_response ON members (response_id);

-- +goose Down
DROP TABLE members;
ALTER TABLE windows DROP COLUMN archive_id;
DROP TABLE archives;
