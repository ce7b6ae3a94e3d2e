CREATE TABLE grants (
	seq     INTEGER PRIMARY KEY,
	id      TEXT NOT NULL UNIQUE,
	owner   BLOB NOT NULL,
	code    TEXT NOT NULL,
	state   INTEGER NOT NULL,
	issued  INTEGER NOT NULL,
	expires INTEGER,
	body    BLOB NOT NULL
);
CREATE INDEX grants_owner ON grants (owner);
CREATE INDEX grants_code ON grants (code);
CREATE INDEX grants_due ON grants (expires, id) WHERE state <= 2 AND expires IS NOT NULL;

CREATE TABLE entries (
	seq        INTEGER PRIMARY KEY,
	id         TEXT NOT NULL,
	at         INTEGER NOT NULL,
	transition TEXT NOT NULL,
	grant_id   TEXT NOT NULL,
	order_id   TEXT NOT NULL,
	budget     TEXT NOT NULL,
	currency   TEXT NOT NULL,
	postings   TEXT NOT NULL
);
CREATE TABLE balances (
	seq      INTEGER PRIMARY KEY,
	budget   TEXT NOT NULL,
	currency TEXT NOT NULL,
	kind     TEXT NOT NULL,
	minor    INTEGER NOT NULL,
	UNIQUE (budget, currency, kind)
);
CREATE TABLE counters (
	seq INTEGER PRIMARY KEY,
	key TEXT NOT NULL UNIQUE,
	n   INTEGER NOT NULL
);

CREATE TABLE reservations (
	seq      INTEGER PRIMARY KEY,
	id       TEXT NOT NULL UNIQUE,
	grant_id TEXT NOT NULL,
	expires  INTEGER NOT NULL,
	gone     INTEGER NOT NULL,
	body     TEXT NOT NULL
);
CREATE UNIQUE INDEX reservations_open ON reservations (grant_id) WHERE gone = 0;
CREATE INDEX reservations_due ON reservations (expires, id) WHERE gone = 0;

CREATE TABLE redemptions (
	seq      INTEGER PRIMARY KEY,
	id       TEXT NOT NULL UNIQUE,
	grant_id TEXT NOT NULL,
	order_id TEXT NOT NULL,
	body     TEXT NOT NULL,
	UNIQUE (order_id, grant_id)
);
CREATE TABLE reversals (
	seq           INTEGER PRIMARY KEY,
	id            TEXT NOT NULL UNIQUE,
	redemption_id TEXT NOT NULL,
	body          TEXT NOT NULL
);
CREATE TABLE answers (
	seq     INTEGER PRIMARY KEY,
	key     TEXT NOT NULL UNIQUE,
	digest  BLOB NOT NULL,
	at      INTEGER NOT NULL,
	refusal TEXT NOT NULL,
	detail  TEXT NOT NULL,
	field   TEXT NOT NULL,
	body    BLOB
);
CREATE INDEX answers_at ON answers (at);
CREATE TABLE marks (
	seq       INTEGER PRIMARY KEY,
	partition INTEGER NOT NULL UNIQUE,
	position  INTEGER NOT NULL
);

CREATE TABLE releases (
	seq    INTEGER PRIMARY KEY,
	id     TEXT NOT NULL UNIQUE,
	at     INTEGER NOT NULL,
	author TEXT NOT NULL,
	source BLOB NOT NULL
);
CREATE TABLE audit (
	seq     INTEGER PRIMARY KEY,
	at      INTEGER NOT NULL,
	actor   TEXT NOT NULL,
	action  TEXT NOT NULL,
	subject TEXT NOT NULL,
	detail  BLOB
);
CREATE TABLE data_keys (
	seq     INTEGER PRIMARY KEY,
	owner   BLOB NOT NULL UNIQUE,
	wrapped BLOB NOT NULL
);
CREATE TABLE contacts (
	seq    INTEGER PRIMARY KEY,
	owner  BLOB NOT NULL,
	field  TEXT NOT NULL,
	sealed BLOB NOT NULL,
	at     INTEGER NOT NULL,
	UNIQUE (owner, field)
);
CREATE TABLE access_keys (
	seq    INTEGER PRIMARY KEY,
	hash   BLOB NOT NULL UNIQUE,
	scopes TEXT NOT NULL,
	name   TEXT NOT NULL,
	at     INTEGER NOT NULL
);
CREATE TABLE settings (
	seq   INTEGER PRIMARY KEY,
	name  TEXT NOT NULL UNIQUE,
	value BLOB NOT NULL
);
