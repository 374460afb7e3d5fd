-- +goose Up
-- An audit that several workers share: its targets in parts. Times here are
-- milliseconds of the database's own clock: workers' clocks need not agree.
CREATE TABLE shard (
	audit_id BIGINT NOT NULL,
	number   BIGINT NOT NULL,                    -- from 0; -1: what was found while the targets were read
	zone     TEXT NOT NULL,
	targets  BYTEA NOT NULL,                     -- the caller's document; emptied when done
	amount   BIGINT NOT NULL,                    -- of targets
	fence    BIGINT NOT NULL DEFAULT 0,          -- counts the leases: only the holder of the last one writes
	failed   BIGINT NOT NULL DEFAULT 0,          -- leases that ended badly
	trouble  TEXT NOT NULL DEFAULT '',           -- how the last of them did
	holder   TEXT NOT NULL DEFAULT '',           -- a worker; empty: nobody
	until    BIGINT NOT NULL DEFAULT 0,          -- end of the lease; without a holder, not to be leased before
	done     BIGINT NOT NULL DEFAULT 0,          -- when; 0: not yet
	summary  TEXT NOT NULL DEFAULT '',           -- the caller's document
	PRIMARY KEY (audit_id, number)
);
CREATE INDEX shard_undone ON shard (zone, audit_id, number) WHERE done = 0;

CREATE TABLE worker (
	id     TEXT PRIMARY KEY,
	zone   TEXT NOT NULL,
	since  BIGINT NOT NULL,
	seen   BIGINT NOT NULL
);

-- Who sends a notice says so first: several may keep the schedule.
ALTER TABLE notice ADD COLUMN claimed BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE notice DROP COLUMN claimed;
DROP TABLE worker;
DROP TABLE shard;
