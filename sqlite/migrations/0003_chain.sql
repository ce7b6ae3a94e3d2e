-- What is chained stays: a link is set once, and nothing is taken out.
ALTER TABLE entries ADD COLUMN adjusts INTEGER;
ALTER TABLE entries ADD COLUMN hash BLOB NOT NULL DEFAULT x'';
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries WHEN old.hash <> x'' BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER entries_last BEFORE DELETE ON entries BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

ALTER TABLE audit ADD COLUMN hash BLOB NOT NULL DEFAULT x'';
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit WHEN old.hash <> x'' BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_lasts BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit is append-only'); END;

CREATE TABLE proposals (
	seq   INTEGER PRIMARY KEY,
	id    TEXT NOT NULL UNIQUE,
	at    INTEGER NOT NULL,
	state TEXT NOT NULL,
	body  TEXT NOT NULL
);
