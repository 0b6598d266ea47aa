-- The key, 32 bytes in hexadecimal digits, under which a person's devices keep what they sent once that person has left. Only
-- that person's session is told it. Whoever is here gets theirs now, so that every backup from now on has it.
CREATE TABLE device_keys (
    username TEXT PRIMARY KEY REFERENCES users (username),
    key TEXT NOT NULL
) STRICT;
INSERT INTO device_keys (username, key) SELECT username, lower(hex(randomblob(32))) FROM users;
