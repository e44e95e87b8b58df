-- +goose Up

-- When the refresh token ends, however it is used: Google's app in Testing ends it after
-- seven days. 0: it has no end that is known.
ALTER TABLE tokens ADD COLUMN refresh_expires_at INTEGER NOT NULL DEFAULT 0;

-- 1: the source was asked whose sign-in this is, and it is the owner's.
ALTER TABLE tokens ADD COLUMN checked INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE tokens DROP COLUMN checked;
ALTER TABLE tokens DROP COLUMN refresh_expires_at;
