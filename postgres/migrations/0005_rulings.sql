CREATE TABLE rulings (
	kind TEXT NOT NULL,
	id   TEXT NOT NULL,
	open BOOLEAN NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (kind, id)
);
CREATE INDEX rulings_open ON rulings (kind) WHERE open;
