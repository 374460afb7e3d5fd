-- +goose Up
-- What the end of each audit counts once, so that no page counts endpoints.
-- Both tables are made anew for the audit's group in the transaction that
-- changes the group's endpoints: they always agree with them.

CREATE TABLE tally (
	grp       TEXT NOT NULL,
	status    TEXT NOT NULL,
	worst     INTEGER NOT NULL,
	endpoints INTEGER NOT NULL,
	PRIMARY KEY (grp, status, worst)
) STRICT, WITHOUT ROWID;

CREATE TABLE mend_tally (
	grp       TEXT NOT NULL,
	bundle    BLOB NOT NULL,
	endpoints INTEGER NOT NULL,                  -- that need it
	example   INTEGER NOT NULL,                  -- the first of them
	PRIMARY KEY (grp, bundle)
) STRICT, WITHOUT ROWID;

DROP INDEX endpoint_counts;
DROP INDEX endpoint_by_mend;
CREATE INDEX endpoint_by_mend ON endpoint (bundle, worst DESC, key, id) WHERE gone = 0 AND state_id IS NOT NULL AND worst > 0 AND bundle IS NOT NULL;

INSERT INTO tally SELECT grp, status, worst, count(*) FROM endpoint WHERE gone = 0 AND state_id IS NOT NULL GROUP BY grp, status, worst;
INSERT INTO mend_tally SELECT grp, bundle, count(*), min(id) FROM endpoint WHERE gone = 0 AND state_id IS NOT NULL AND worst > 0 AND bundle IS NOT NULL GROUP BY grp, bundle;

-- +goose Down
DROP TABLE mend_tally;
DROP TABLE tally;
DROP INDEX endpoint_by_mend;
CREATE INDEX endpoint_by_mend ON endpoint (bundle, worst, gone, state_id, id) WHERE gone = 0 AND state_id IS NOT NULL AND worst > 0 AND bundle IS NOT NULL;
CREATE INDEX endpoint_counts  ON endpoint (grp, status, worst, gone, state_id) WHERE gone = 0 AND state_id IS NOT NULL;
