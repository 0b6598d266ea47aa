-- By which rules a content was examined: what earlier ones refused is examined again when it is sent again.
ALTER TABLE attachments ADD COLUMN rules INTEGER NOT NULL DEFAULT 1;
