-- Append-only once it is released: a change of shape is a new file, never an edit of this one. The same tables
-- as in ../postgres.

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
    token_hash TEXT PRIMARY KEY,
    username TEXT NOT NULL REFERENCES users (username),
    expires_at INTEGER NOT NULL
) STRICT;

-- One counter for each reporter's stream (sync scope), raised last in a transaction, and the last link of the
-- chain of its ops' hashes.
CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    reporter TEXT NOT NULL UNIQUE,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL DEFAULT ''
) STRICT;

-- The head of each cell and, as JSON, the values that contest it. rev 0: nothing was ever applied.
CREATE TABLE cells (
    id INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams (id),
    period TEXT NOT NULL,
    element TEXT NOT NULL,
    rev INTEGER NOT NULL,
    value INTEGER,
    op_id TEXT,
    author TEXT,
    entered_at TEXT,
    reason TEXT,
    branches TEXT NOT NULL DEFAULT '[]',
    UNIQUE (stream, period, element)
) STRICT;
CREATE INDEX cells_period ON cells (period);

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
-- Its hash is over the one before it in the stream and its own body.
CREATE TABLE ops (
    op_id TEXT PRIMARY KEY,
    device_id TEXT NOT NULL,
    device_seq INTEGER NOT NULL,
    author TEXT NOT NULL,
    reporter TEXT NOT NULL,
    body TEXT NOT NULL,
    outcome TEXT NOT NULL,
    waits_for TEXT,
    hash TEXT NOT NULL,
    received_at TEXT NOT NULL,
    UNIQUE (device_id, device_seq)
) STRICT;
CREATE INDEX ops_waiting ON ops (waits_for) WHERE waits_for IS NOT NULL;

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
CREATE INDEX published_period ON published (period);
