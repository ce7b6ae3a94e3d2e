CREATE TABLE releases (
	seq    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id     TEXT NOT NULL UNIQUE,
	at     BIGINT NOT NULL,
	author TEXT NOT NULL,
	source BYTEA NOT NULL
);
CREATE TABLE audit (
	seq     BIGINT PRIMARY KEY, -- given under the record's lock, in the order of commits
	at      BIGINT NOT NULL,
	actor   TEXT NOT NULL,
	action  TEXT NOT NULL,
	subject TEXT NOT NULL,
	detail  BYTEA
);
CREATE TABLE data_keys (
	owner   BYTEA PRIMARY KEY,
	wrapped BYTEA NOT NULL
);
CREATE TABLE contacts (
	owner  BYTEA NOT NULL,
	field  TEXT NOT NULL,
	sealed BYTEA NOT NULL,
	at     BIGINT NOT NULL,
	PRIMARY KEY (owner, field)
);
CREATE TABLE access_keys (
	hash   BYTEA PRIMARY KEY,
	scopes TEXT NOT NULL,
	name   TEXT NOT NULL,
	at     BIGINT NOT NULL
);
CREATE TABLE settings (
	name  TEXT PRIMARY KEY,
	value BYTEA NOT NULL
);

-- What each process learned of who is whom, for the others to follow. seq is given under a lock, in the order of commits, so that whoever read up to
-- one has missed none before it.
CREATE TABLE edges (
	seq      BIGINT PRIMARY KEY,
	id       BYTEA NOT NULL UNIQUE,
	a        BYTEA NOT NULL,
	b        BYTEA NOT NULL,
	verified BOOLEAN NOT NULL,
	at       BIGINT NOT NULL,
	kind     TEXT NOT NULL CHECK (kind IN ('link', 'cut')),
	instance TEXT NOT NULL
);
