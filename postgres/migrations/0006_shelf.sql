-- What feeds say of products, by the key that it has in each process's own store. seq is the place of its last change, given under a lock, in the order
-- of commits: whoever read up to one has missed none before it.
CREATE TABLE shelf (
	key   BYTEA PRIMARY KEY,
	value BYTEA NOT NULL,
	seq   BIGINT NOT NULL UNIQUE
);
