-- The versions of the plan that were ever served, each with the day on which another one took its place; none while it is
-- in force. Those that were known before this table count from the day on which it is first served with.
CREATE TABLE plans (version TEXT PRIMARY KEY, replaced_on TEXT) STRICT;
INSERT INTO plans (version) SELECT DISTINCT k.value FROM meta m, json_each(m.value) AS k WHERE m.key = 'plans';
DELETE FROM meta WHERE key = 'plans';
