-- Why an officer asks for a locked form to be opened again; empty once a reviewer has answered.
ALTER TABLE submissions ADD COLUMN asks TEXT;
