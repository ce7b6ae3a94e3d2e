-- What is chained stays: a link is set once, and nothing is taken out. clock.head is the journal's last link; the writing batch sets it.
ALTER TABLE clock ADD COLUMN head BYTEA NOT NULL DEFAULT '';
ALTER TABLE entries ADD COLUMN adjusts BIGINT;
ALTER TABLE entries ADD COLUMN hash BYTEA NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN hash BYTEA NOT NULL DEFAULT '';

CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries FOR EACH ROW WHEN (old.hash <> '') EXECUTE FUNCTION append_only();
CREATE TRIGGER entries_last BEFORE DELETE ON entries FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit FOR EACH ROW WHEN (old.hash <> '') EXECUTE FUNCTION append_only();
CREATE TRIGGER audit_lasts BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION append_only();

CREATE TABLE proposals (
	seq   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id    TEXT NOT NULL UNIQUE,
	at    BIGINT NOT NULL,
	state TEXT NOT NULL,
	body  TEXT NOT NULL
);
