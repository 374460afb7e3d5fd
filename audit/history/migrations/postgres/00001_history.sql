-- +goose Up
-- Times are seconds since 1970 UTC, hashes are 32 bytes. There are no foreign
-- keys: each would need an index of its own to make pruning bearable, and all
-- rows that point are written in one transaction with what they point at.

CREATE TABLE audit (
	id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- never used twice: intervals compare ids
	grp       TEXT NOT NULL,
	started   BIGINT NOT NULL,
	ended     BIGINT,                           -- NULL: runs, or was killed
	state     TEXT NOT NULL CHECK (state IN ('running', 'complete', 'partial')),
	endpoints BIGINT NOT NULL DEFAULT 0,        -- that it looked at
	summary   TEXT NOT NULL DEFAULT '',
	reached   BYTEA,                              -- of a partial audit: the endpoints it looked at
	pruned    BIGINT NOT NULL DEFAULT 0,        -- 1: past retention, intervals are gone
	told      BIGINT NOT NULL DEFAULT 0         -- 1: the notices of its changes are stored
);
CREATE INDEX audit_by_group ON audit (grp, id);
CREATE INDEX audit_untold ON audit (id) WHERE told = 0;

CREATE TABLE certificate (
	id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	sha256    BYTEA NOT NULL UNIQUE,
	not_after BIGINT NOT NULL,
	doc       BYTEA NOT NULL,
	der       BYTEA
);

CREATE TABLE chain (
	id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	hash BYTEA NOT NULL UNIQUE
);

CREATE TABLE chain_certificate (
	chain_id       BIGINT NOT NULL,
	position       BIGINT NOT NULL,
	certificate_id BIGINT NOT NULL,
	PRIMARY KEY (chain_id, position)
);
CREATE INDEX chain_by_certificate ON chain_certificate (certificate_id);

CREATE TABLE state (
	id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	hash         BYTEA NOT NULL UNIQUE,
	chain_id     BIGINT NOT NULL,
	status       TEXT NOT NULL,
	failure      TEXT NOT NULL,
	presentation BIGINT NOT NULL,
	worst        BIGINT NOT NULL,
	leaf         BYTEA,
	issuer       TEXT NOT NULL,
	product      TEXT NOT NULL,
	rules        TEXT NOT NULL,
	refused      TEXT NOT NULL,
	bundle       BYTEA,
	not_before   BIGINT NOT NULL,
	expires      BIGINT NOT NULL,
	doc          BYTEA NOT NULL
);

CREATE TABLE endpoint (
	id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	grp      TEXT NOT NULL,
	key      TEXT COLLATE "C" NOT NULL,
	identity TEXT NOT NULL,                      -- what was asked for, as the caller's document
	state_id BIGINT,                            -- NULL: its first audit has not ended
	since    BIGINT NOT NULL DEFAULT 0,         -- audit that began the open interval
	gone     BIGINT NOT NULL DEFAULT 0,         -- audit that no longer had it; 0: still there
	worst    BIGINT NOT NULL DEFAULT 0,         -- copied from the state, for the lists' indexes
	status   TEXT NOT NULL DEFAULT '',
	expires  BIGINT NOT NULL DEFAULT 0,
	bundle   BYTEA,
	UNIQUE (grp, key)
);
CREATE INDEX endpoint_by_worst   ON endpoint (worst DESC, key, id) WHERE gone = 0 AND state_id IS NOT NULL;
CREATE INDEX endpoint_by_group   ON endpoint (grp, worst DESC, key, id) WHERE gone = 0 AND state_id IS NOT NULL;
CREATE INDEX endpoint_by_expiry  ON endpoint (expires, id) WHERE gone = 0 AND state_id IS NOT NULL AND expires > 0;
-- These two answer alone, without a look at the rows: they hold all columns asked for.
CREATE INDEX endpoint_by_mend    ON endpoint (bundle, worst, gone, state_id, id) WHERE gone = 0 AND state_id IS NOT NULL AND worst > 0 AND bundle IS NOT NULL;
CREATE INDEX endpoint_counts     ON endpoint (grp, status, worst, gone, state_id) WHERE gone = 0 AND state_id IS NOT NULL;

CREATE TABLE observation (
	endpoint_id BIGINT NOT NULL,
	first_audit BIGINT NOT NULL,
	last_audit  BIGINT NOT NULL,                -- in no index: extending an interval touches one row and nothing else
	state_id    BIGINT NOT NULL,
	PRIMARY KEY (endpoint_id, first_audit)
);
CREATE INDEX observation_by_first ON observation (first_audit);

CREATE TABLE pending (
	audit_id    BIGINT NOT NULL,
	endpoint_id BIGINT NOT NULL,
	state_id    BIGINT NOT NULL,
	PRIMARY KEY (audit_id, endpoint_id)
);

CREATE TABLE schedule (
	grp  TEXT PRIMARY KEY,
	next BIGINT NOT NULL,
	spec TEXT NOT NULL                           -- what next was computed from
);

CREATE TABLE notice (
	id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	audit_id BIGINT NOT NULL,
	grp      TEXT NOT NULL,
	receiver TEXT NOT NULL,
	at       BIGINT NOT NULL,
	title    TEXT NOT NULL,
	body     TEXT NOT NULL,
	sent     BIGINT,                            -- NULL: not yet
	attempts BIGINT NOT NULL DEFAULT 0,
	failure  TEXT NOT NULL DEFAULT '',
	UNIQUE (audit_id, receiver)                  -- nobody is told twice of one audit
);
CREATE INDEX notice_by_group ON notice (grp, id);

-- +goose Down
DROP TABLE notice;
DROP TABLE schedule;
DROP TABLE pending;
DROP TABLE observation;
DROP TABLE endpoint;
DROP TABLE state;
DROP TABLE chain_certificate;
DROP TABLE chain;
DROP TABLE certificate;
DROP TABLE audit;
