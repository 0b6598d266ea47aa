-- Append-only: a change of shape is a new file, never an edit of this one.

-- What there is one of: the epoch (a lifetime of this database), whether the data are illustrative.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE users (
    username TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    grants TEXT NOT NULL
) STRICT;

-- Only a hash of the cookie's token is kept.
CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    username TEXT NOT NULL REFERENCES users (username),
    expires_at INTEGER NOT NULL
) STRICT;

-- One counter for each reporter's stream (sync scope), touched last in a transaction.
CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    reporter TEXT NOT NULL UNIQUE,
    seq INTEGER NOT NULL
) STRICT;

-- The head of each cell and, as JSON, the values that contest it.
CREATE TABLE cells (
    id INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams (id),
    period TEXT NOT NULL,
    element TEXT NOT NULL,
    rev INTEGER NOT NULL,
    value INTEGER,
    op_id BLOB,
    author TEXT,
    entered_at TEXT,
    reason TEXT,
    branches TEXT NOT NULL DEFAULT '[]',
    UNIQUE (stream, period, element)
) STRICT;

CREATE TABLE submissions (
    id INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams (id),
    period TEXT NOT NULL,
    form TEXT NOT NULL,
    state TEXT NOT NULL,
    rev INTEGER NOT NULL,
    author TEXT NOT NULL,
    entered_at TEXT NOT NULL,
    reason TEXT,
    UNIQUE (stream, period, form)
) STRICT;

-- Every op ever received, with what became of it: the audit trail, never changed but for a held op's result.
CREATE TABLE ops (
    op_id BLOB PRIMARY KEY,
    device_id BLOB NOT NULL,
    device_seq INTEGER NOT NULL,
    author TEXT NOT NULL,
    stream INTEGER,
    body TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    base_op BLOB,
    outcome TEXT NOT NULL,
    held INTEGER NOT NULL,
    received_at TEXT NOT NULL,
    UNIQUE (device_id, device_seq)
) STRICT;
CREATE INDEX ops_held ON ops (base_op) WHERE held = 1;

-- What others can see happening in a stream, in order.
CREATE TABLE events (
    stream INTEGER NOT NULL REFERENCES streams (id),
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (stream, seq)
) STRICT, WITHOUT ROWID;

-- The snapshot that the public sees, replaced as a whole when a submission is published again.
CREATE TABLE published (
    stream INTEGER NOT NULL REFERENCES streams (id),
    period TEXT NOT NULL,
    element TEXT NOT NULL,
    value INTEGER,
    rev INTEGER NOT NULL,
    published_at TEXT NOT NULL,
    PRIMARY KEY (stream, period, element)
) STRICT, WITHOUT ROWID;
CREATE INDEX cells_period ON cells (period);
CREATE INDEX published_period ON published (period);
