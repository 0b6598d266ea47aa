-- The op that made an event; NULL where an older program wrote it and the log does not say. Of a conflict the event itself
-- tells it.
ALTER TABLE events ADD COLUMN op_id TEXT;
UPDATE events SET op_id = made.op_id FROM
    (SELECT s.id AS stream, CAST(json_extract(o.outcome, '$.seq') AS INTEGER) AS seq, o.op_id
     FROM ops o JOIN streams s ON s.reporter = o.reporter) AS made
    WHERE made.stream = events.stream AND made.seq = events.seq;

-- The name that a person gave a device: an id of a device's database, told apart by person.
CREATE TABLE devices (
    username TEXT NOT NULL REFERENCES users (username),
    device_id TEXT NOT NULL,
    name TEXT NOT NULL,
    named_at INTEGER NOT NULL,
    PRIMARY KEY (username, device_id)
) STRICT;
