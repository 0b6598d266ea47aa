-- When a session began, when it was last used, and on what: shown to its person, who may end it. Those that were there before
-- keep their end, 14 days after they began.
ALTER TABLE sessions ADD COLUMN began_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';
UPDATE sessions SET began_at = expires_at - 1209600, seen_at = expires_at - 1209600;
CREATE INDEX sessions_username ON sessions (username);

-- The browsers in which somebody has signed in to an account before, by a hash of the token that each keeps.
CREATE TABLE known_devices (
    token_hash TEXT COLLATE "C" NOT NULL,
    username TEXT COLLATE "C" NOT NULL REFERENCES users (username),
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (token_hash, username)
);
CREATE INDEX known_devices_username ON known_devices (username);

-- Tries to sign in that were wrong or are being looked at: of an account, an address or a known device, by a hash. Times are
-- seconds since 1970; the next try is taken from free_at on.
CREATE TABLE tries (
    key TEXT COLLATE "C" PRIMARY KEY,
    count BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    free_at BIGINT NOT NULL
);
CREATE INDEX tries_last_at ON tries (last_at);
