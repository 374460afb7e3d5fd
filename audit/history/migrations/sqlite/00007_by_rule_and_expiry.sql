-- +goose Up
-- Lists are in the order of what to do first: worst, then what ends soonest.
DROP INDEX endpoint_by_worst;
DROP INDEX endpoint_by_group;
DROP INDEX endpoint_by_mend;
DROP INDEX endpoint_by_failure;
CREATE INDEX endpoint_by_worst   ON endpoint (worst DESC, expires, key, id) WHERE gone = 0 AND state_id IS NOT NULL;
CREATE INDEX endpoint_by_group   ON endpoint (grp, worst DESC, expires, key, id) WHERE gone = 0 AND state_id IS NOT NULL;
CREATE INDEX endpoint_by_mend    ON endpoint (bundle, worst DESC, expires, key, id) WHERE gone = 0 AND state_id IS NOT NULL AND worst > 0 AND bundle IS NOT NULL;
CREATE INDEX endpoint_by_failure ON endpoint (worst DESC, expires, key, id) WHERE gone = 0 AND state_id IS NOT NULL AND status = 'failed';

-- How many endpoints have which findings, as their states say it: counted like
-- tally. There are few texts, since there are few rules.
CREATE TABLE rules_tally (
	grp       TEXT NOT NULL,
	rules     TEXT NOT NULL,
	endpoints INTEGER NOT NULL,
	PRIMARY KEY (grp, rules)
) STRICT, WITHOUT ROWID;
INSERT INTO rules_tally SELECT e.grp, s.rules, count(*) FROM endpoint e JOIN state s ON s.id = e.state_id WHERE e.gone = 0 AND s.rules <> '' GROUP BY e.grp, s.rules;

-- +goose Down
DROP TABLE rules_tally;
DROP INDEX endpoint_by_worst;
DROP INDEX endpoint_by_group;
DROP INDEX endpoint_by_mend;
DROP INDEX endpoint_by_failure;
CREATE INDEX endpoint_by_worst   ON endpoint (worst DESC, key, id) WHERE gone = 0 AND state_id IS NOT NULL;
CREATE INDEX endpoint_by_group   ON endpoint (grp, worst DESC, key, id) WHERE gone = 0 AND state_id IS NOT NULL;
CREATE INDEX endpoint_by_mend    ON endpoint (bundle, worst DESC, key, id) WHERE gone = 0 AND state_id IS NOT NULL AND worst > 0 AND bundle IS NOT NULL;
CREATE INDEX endpoint_by_failure ON endpoint (worst DESC, key, id) WHERE gone = 0 AND state_id IS NOT NULL AND status = 'failed';
