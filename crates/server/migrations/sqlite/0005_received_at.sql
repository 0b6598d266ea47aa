-- Heads and submissions are told with the time at which the server received them, no more with that of a device's clock. What
-- came through a push before is filled in from the log; of a submission the log does not name its op.
ALTER TABLE cells RENAME COLUMN entered_at TO received_at;
ALTER TABLE submissions RENAME COLUMN entered_at TO received_at;
UPDATE cells SET received_at = (SELECT o.received_at FROM ops o WHERE o.op_id = cells.op_id)
    WHERE EXISTS (SELECT 1 FROM ops o WHERE o.op_id = cells.op_id);
