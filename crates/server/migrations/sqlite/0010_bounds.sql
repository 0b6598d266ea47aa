-- Contested values of a cell besides the newest, which stand in its row: the older an id, the older the value.
CREATE TABLE branches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cell INTEGER NOT NULL REFERENCES cells (id),
    conflict_id TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (cell, conflict_id)
) STRICT;
CREATE INDEX branches_of_cell ON branches (cell, id);
-- How many a cell has there.
ALTER TABLE cells ADD COLUMN more INTEGER NOT NULL DEFAULT 0;
-- The base that a rejected op stands for.
ALTER TABLE ops ADD COLUMN stands_for TEXT;
-- What an event is about; NULL where an older program wrote it.
ALTER TABLE events ADD COLUMN kind TEXT;
-- How many ops of a person were recorded on that day that do not read, are rejected or held.
CREATE TABLE refusals (author TEXT PRIMARY KEY, day TEXT NOT NULL, count INTEGER NOT NULL) STRICT;
