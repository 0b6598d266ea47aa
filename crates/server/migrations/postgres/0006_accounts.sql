-- Accounts whose password was chosen by somebody else, and accounts that may not sign in any more.
ALTER TABLE users ADD COLUMN must_change BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN is_disabled BIGINT NOT NULL DEFAULT 0;
-- A hash of an event and of the log of its stream up to it: a log that lacks one that was told is another log, put back from a
-- copy. Events made before this column have none.
ALTER TABLE events ADD COLUMN hash TEXT;
-- What cursors are signed with, so that nobody but this server tells it that it was put back; and the lifetime up to which
-- they were told unsigned.
INSERT INTO meta (key, value) VALUES ('cursor_key', CAST(gen_random_uuid() AS TEXT) || CAST(gen_random_uuid() AS TEXT));
INSERT INTO meta (key, value) SELECT 'unsigned_epoch', value FROM meta WHERE key = 'epoch';
