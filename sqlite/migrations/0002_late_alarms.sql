CREATE TABLE late (
	seq      INTEGER PRIMARY KEY,
	order_id TEXT NOT NULL,
	id       TEXT NOT NULL,
	body     BLOB NOT NULL,
	UNIQUE (order_id, id)
);
CREATE TABLE alarms (
	seq  INTEGER PRIMARY KEY,
	id   TEXT NOT NULL UNIQUE,
	at   INTEGER NOT NULL,
	rule TEXT NOT NULL,
	body TEXT NOT NULL
);
