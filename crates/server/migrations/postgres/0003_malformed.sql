-- What came as an op and does not read, once each; nothing is recorded under its id. The hash is of author and text.
CREATE TABLE malformed (
    hash TEXT COLLATE "C" PRIMARY KEY,
    op_id TEXT COLLATE "C",
    author TEXT COLLATE "C" NOT NULL,
    received_at TEXT NOT NULL,
    why TEXT NOT NULL,
    raw TEXT NOT NULL
);
CREATE INDEX malformed_op ON malformed (op_id) WHERE op_id IS NOT NULL;
CREATE INDEX malformed_author ON malformed (author);
