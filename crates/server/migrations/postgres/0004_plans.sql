-- The versions of the plan that were ever served, each with the day on which another one took its place; none while it is
-- in force. Those that were known before this table count from the day on which it is first served with.
CREATE TABLE plans (version TEXT COLLATE "C" PRIMARY KEY, replaced_on TEXT);
INSERT INTO plans (version) SELECT DISTINCT k.value FROM meta m, jsonb_array_elements_text(CAST(m.value AS jsonb)) AS k (value)
    WHERE m.key = 'plans';
DELETE FROM meta WHERE key = 'plans';
