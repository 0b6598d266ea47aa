-- Everything that changes and is neither a figure nor a submission, of every kind: its fields and what contests them as JSON.
-- rev 0: nothing was ever applied.
CREATE TABLE entities (
    nth INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams (id),
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    rev INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT '{}',
    branches TEXT NOT NULL DEFAULT '[]',
    author TEXT NOT NULL DEFAULT '',
    received_at TEXT NOT NULL DEFAULT '',
    UNIQUE (stream, kind, id)
) STRICT;

-- The plan's own stream: what is of no reporter.
INSERT INTO streams (reporter, seq) VALUES ('plan', 0);
