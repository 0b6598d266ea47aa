-- What a figure says beside its value: a remark, that it is estimated (ước thực hiện), that its cell was cleared and is
-- answered no more. Of what is published the public learns that it is estimated.
ALTER TABLE cells ADD COLUMN note TEXT;
ALTER TABLE cells ADD COLUMN estimated INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cells ADD COLUMN cleared INTEGER NOT NULL DEFAULT 0;
ALTER TABLE published ADD COLUMN estimated INTEGER NOT NULL DEFAULT 0;
