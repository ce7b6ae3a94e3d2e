-- Instants are nanoseconds of Unix time, amounts minor units. seq is given by the writing batch, in the order of commits and without gaps.
CREATE TABLE clock (
	one     BOOLEAN PRIMARY KEY DEFAULT true CHECK (one),
	batch   BIGINT NOT NULL, -- grows by one with every batch
	entries BIGINT NOT NULL, -- the last seq of each table
	grants  BIGINT NOT NULL
);
INSERT INTO clock (batch, entries, grants) VALUES (0, 0, 0);
CREATE TABLE batches ( -- the latest: who lost the connection while it committed looks here
	n     BIGINT PRIMARY KEY,
	token BIGINT NOT NULL
);

-- must fails the transaction when a statement did not change as many rows as it had to.
CREATE FUNCTION must(changed BIGINT, wanted BIGINT, what TEXT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF changed <> wanted THEN
		RAISE EXCEPTION '% of % % could change', changed, wanted, what USING ERRCODE = 'BN001';
	END IF;
END $$;

CREATE TABLE grants (
	id      TEXT PRIMARY KEY,
	seq     BIGINT NOT NULL,
	owner   BYTEA NOT NULL,
	code    TEXT NOT NULL,
	state   SMALLINT NOT NULL,
	expires BIGINT,
	body    BYTEA NOT NULL
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX grants_seq ON grants (seq);
CREATE INDEX grants_owner ON grants (owner);
CREATE INDEX grants_code ON grants (code, seq);
CREATE INDEX grants_due ON grants (expires, id) WHERE state <= 2 AND expires IS NOT NULL;

CREATE TABLE entries (
	seq        BIGINT PRIMARY KEY,
	id         TEXT NOT NULL,
	at         BIGINT NOT NULL,
	transition TEXT NOT NULL,
	grant_id   TEXT NOT NULL,
	order_id   TEXT NOT NULL,
	budget     TEXT NOT NULL,
	currency   TEXT NOT NULL,
	postings   TEXT NOT NULL
);
CREATE TABLE balances (
	budget   TEXT NOT NULL,
	currency TEXT NOT NULL,
	kind     TEXT NOT NULL,
	minor    BIGINT NOT NULL,
	PRIMARY KEY (budget, currency, kind),
	CONSTRAINT balances_hold CHECK (minor >= 0 OR kind NOT IN ('available', 'committed', 'reserved'))
) WITH (fillfactor = 50);
CREATE TABLE counters (
	key TEXT PRIMARY KEY,
	n   BIGINT NOT NULL CONSTRAINT counters_hold CHECK (n >= 0)
) WITH (fillfactor = 50);

CREATE TABLE reservations (
	id       TEXT PRIMARY KEY,
	grant_id TEXT NOT NULL,
	expires  BIGINT NOT NULL,
	gone     BOOLEAN NOT NULL,
	body     TEXT NOT NULL
);
CREATE UNIQUE INDEX reservations_open ON reservations (grant_id) WHERE NOT gone;
CREATE INDEX reservations_due ON reservations (expires, id) WHERE NOT gone;

CREATE TABLE redemptions (
	id       TEXT PRIMARY KEY,
	seq      BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE,
	grant_id TEXT NOT NULL,
	order_id TEXT NOT NULL,
	lapses   BIGINT,
	body     TEXT NOT NULL,
	UNIQUE (order_id, grant_id)
);
CREATE INDEX redemptions_due ON redemptions (lapses, id) WHERE lapses IS NOT NULL;
CREATE TABLE reversals (
	id            TEXT PRIMARY KEY,
	redemption_id TEXT NOT NULL,
	body          TEXT NOT NULL
);
CREATE TABLE answers (
	key     TEXT PRIMARY KEY,
	digest  BYTEA NOT NULL,
	at      BIGINT NOT NULL,
	refusal TEXT NOT NULL,
	detail  TEXT NOT NULL,
	field   TEXT NOT NULL,
	body    BYTEA
);
CREATE INDEX answers_at ON answers (at);
CREATE TABLE marks (
	instance  TEXT NOT NULL,
	partition BIGINT NOT NULL,
	position  BIGINT NOT NULL,
	PRIMARY KEY (instance, partition)
);
CREATE TABLE late (
	seq      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	order_id TEXT NOT NULL,
	id       TEXT NOT NULL,
	body     BYTEA NOT NULL,
	UNIQUE (order_id, id)
);
CREATE TABLE alarms (
	seq  BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id   TEXT NOT NULL UNIQUE,
	at   BIGINT NOT NULL,
	rule TEXT NOT NULL,
	body TEXT NOT NULL
);
CREATE TABLE code_files (
	seq    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	digest BYTEA NOT NULL UNIQUE,
	offer  TEXT NOT NULL,
	first  BIGINT NOT NULL,
	count  BIGINT NOT NULL,
	at     BIGINT NOT NULL
);
CREATE TABLE codes (
	code  TEXT PRIMARY KEY,
	offer TEXT NOT NULL,
	n     BIGINT NOT NULL
);
CREATE UNIQUE INDEX codes_n ON codes (offer, n);
