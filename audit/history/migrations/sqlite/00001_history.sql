-- +goose Up
-- Times are seconds since 1970 UTC, hashes are 32 bytes. There are no foreign
-- keys: each would need an index of its own to make pruning bearable, and all
-- rows that point are written in one transaction with what they point at.

CREATE TABLE audit (
	id        INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: intervals compare ids
	grp       TEXT NOT NULL,
	started   INTEGER NOT NULL,
	ended     INTEGER,                           -- NULL: runs, or was killed
	state     TEXT NOT NULL CHECK (state IN ('running', 'complete', 'partial')),
	endpoints INTEGER NOT NULL DEFAULT 0,        -- that it looked at
	summary   TEXT NOT NULL DEFAULT '',
	reached   BLOB,                              -- of a partial audit: the endpoints it looked at
	pruned    INTEGER NOT NULL DEFAULT 0,        -- 1: past retention, intervals are gone
	told      INTEGER NOT NULL DEFAULT 0         -- 1: the notices of its changes are stored
) STRICT;
CREATE INDEX audit_by_group ON audit (grp, id);
CREATE INDEX audit_untold ON audit (id) WHERE told = 0;

CREATE TABLE certificate (
	id        INTEGER PRIMARY KEY,
	sha256    BLOB NOT NULL UNIQUE,
	not_after INTEGER NOT NULL,
	doc       BLOB NOT NULL,
	der       BLOB
) STRICT;

CREATE TABLE chain (
	id   INTEGER PRIMARY KEY,
	hash BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE chain_certificate (
	chain_id       INTEGER NOT NULL,
	position       INTEGER NOT NULL,
	certificate_id INTEGER NOT NULL,
	PRIMARY KEY (chain_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX chain_by_certificate ON chain_certificate (certificate_id);

CREATE TABLE state (
	id           INTEGER PRIMARY KEY,
	hash         BLOB NOT NULL UNIQUE,
	chain_id     INTEGER NOT NULL,
	status       TEXT NOT NULL,
	failure      TEXT NOT NULL,
	presentation INTEGER NOT NULL,
	worst        INTEGER NOT NULL,
	leaf         BLOB,
	issuer       TEXT NOT NULL,
	product      TEXT NOT NULL,
	rules        TEXT NOT NULL,
	refused      TEXT NOT NULL,
	bundle       BLOB,
	not_before   INTEGER NOT NULL,
	expires      INTEGER NOT NULL,
	doc          BLOB NOT NULL
) STRICT;

CREATE TABLE endpoint (
	id       INTEGER PRIMARY KEY,
	grp      TEXT NOT NULL,
	key      TEXT NOT NULL,
	identity TEXT NOT NULL,                      -- what was asked for, as the caller's document
	state_id INTEGER,                            -- NULL: its first audit has not ended
	since    INTEGER NOT NULL DEFAULT 0,         -- audit that began the open interval
	gone     INTEGER NOT NULL DEFAULT 0,         -- audit that no longer had it; 0: still there
	worst    INTEGER NOT NULL DEFAULT 0,         -- copied from the state, for the lists' indexes
	status   TEXT NOT NULL DEFAULT '',
	expires  INTEGER NOT NULL DEFAULT 0,
	bundle   BLOB,
	UNIQUE (grp, key)
) STRICT;
CREATE INDEX endpoint_by_worst   ON endpoint (worst DESC, key, id) WHERE gone = 0 AND state_id IS NOT NULL;
CREATE INDEX endpoint_by_group   ON endpoint (grp, worst DESC, key, id) WHERE gone = 0 AND state_id IS NOT NULL;
CREATE INDEX endpoint_by_expiry  ON endpoint (expires, id) WHERE gone = 0 AND state_id IS NOT NULL AND expires > 0;
-- These two answer alone, without a look at the rows: they hold all columns asked for.
CREATE INDEX endpoint_by_mend    ON endpoint (bundle, worst, gone, state_id, id) WHERE gone = 0 AND state_id IS NOT NULL AND worst > 0 AND bundle IS NOT NULL;
CREATE INDEX endpoint_counts     ON endpoint (grp, status, worst, gone, state_id) WHERE gone = 0 AND state_id IS NOT NULL;

CREATE TABLE observation (
	endpoint_id INTEGER NOT NULL,
	first_audit INTEGER NOT NULL,
	last_audit  INTEGER NOT NULL,                -- in no index: extending an interval touches one row and nothing else
	state_id    INTEGER NOT NULL,
	PRIMARY KEY (endpoint_id, first_audit)
) STRICT, WITHOUT ROWID;
CREATE INDEX observation_by_first ON observation (first_audit);

CREATE TABLE pending (
	audit_id    INTEGER NOT NULL,
	endpoint_id INTEGER NOT NULL,
	state_id    INTEGER NOT NULL,
	PRIMARY KEY (audit_id, endpoint_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedule (
	grp  TEXT PRIMARY KEY,
	next INTEGER NOT NULL,
	spec TEXT NOT NULL                           -- what next was computed from
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	audit_id INTEGER NOT NULL,
	grp      TEXT NOT NULL,
	receiver TEXT NOT NULL,
	at       INTEGER NOT NULL,
	title    TEXT NOT NULL,
	body     TEXT NOT NULL,
	sent     INTEGER,                            -- NULL: not yet
	attempts INTEGER NOT NULL DEFAULT 0,
	failure  TEXT NOT NULL DEFAULT '',
	UNIQUE (audit_id, receiver)                  -- nobody is told twice of one audit
) STRICT;
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
