-- Behind which reports a content stands: an attachment's id ends with the content's hash, of 64 letters.
CREATE INDEX entities_by_content ON entities (substr(id, length(id) - 63)) WHERE kind = 'task_evidence';
