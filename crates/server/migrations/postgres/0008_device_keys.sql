-- The key, 32 bytes in hexadecimal digits, under which a person's devices keep what they sent once that person has left. Only
-- that person's session is told it. Whoever is here gets theirs now, so that every backup from now on has it.
CREATE TABLE device_keys (
    username TEXT COLLATE "C" PRIMARY KEY REFERENCES users (username),
    key TEXT NOT NULL
);
INSERT INTO device_keys (username, key) SELECT username, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '') FROM users;
