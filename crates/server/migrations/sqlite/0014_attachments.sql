-- Files that stand behind reports. A content is kept once, whoever sent it; what it is, and what became of it, stays when its
-- bytes are gone. state: stored, refused (with a reason), quarantined, purged.
CREATE TABLE attachments (
    nth INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    reason TEXT,
    media TEXT NOT NULL DEFAULT '',
    bytes INTEGER NOT NULL DEFAULT 0,
    -- Names what is given out: of a picture, which is made anew, another than what was sent.
    stored_sha256 TEXT NOT NULL DEFAULT '',
    received_at TEXT NOT NULL
) STRICT;

-- The bytes of what is given out, in order.
CREATE TABLE attachment_parts (
    attachment INTEGER NOT NULL REFERENCES attachments (nth),
    part INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (attachment, part)
) STRICT;

-- Who sent a content whole. To know a hash gives nobody what another one sent.
CREATE TABLE attachment_holders (
    attachment INTEGER NOT NULL REFERENCES attachments (nth),
    reporter TEXT NOT NULL,
    PRIMARY KEY (attachment, reporter)
) STRICT;
CREATE INDEX attachment_holders_of ON attachment_holders (reporter, attachment);

-- Uploads under way. touched_at: seconds since 1970.
CREATE TABLE uploads (
    nth INTEGER PRIMARY KEY,
    reporter TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    total INTEGER NOT NULL,
    received INTEGER NOT NULL,
    touched_at INTEGER NOT NULL,
    UNIQUE (reporter, sha256)
) STRICT;

-- What came of an upload, each part with the place at which it begins.
CREATE TABLE upload_parts (
    upload INTEGER NOT NULL REFERENCES uploads (nth),
    part INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (upload, part)
) STRICT;

-- What administrators did: quarantine, release, purge; who, when and why.
CREATE TABLE attachment_acts (
    nth INTEGER PRIMARY KEY,
    attachment INTEGER NOT NULL REFERENCES attachments (nth),
    act TEXT NOT NULL,
    author TEXT NOT NULL,
    at TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX attachment_acts_of ON attachment_acts (attachment, nth);
