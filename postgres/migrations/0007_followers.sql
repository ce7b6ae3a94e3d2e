-- How far each process has followed the shelf, and the connection by which it hears of changes: while that is open, whoever changes the shelf can wait for it.
CREATE TABLE followers (
	instance TEXT PRIMARY KEY,
	shelf    BIGINT NOT NULL DEFAULT 0,
	pid      INT,
	since    TIMESTAMPTZ
);
