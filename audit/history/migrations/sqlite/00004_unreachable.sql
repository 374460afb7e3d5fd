-- +goose Up
-- The few that do not answer are found without a look at all the others.
CREATE INDEX endpoint_by_failure ON endpoint (worst DESC, key, id) WHERE gone = 0 AND state_id IS NOT NULL AND status = 'failed';

-- +goose Down
DROP INDEX endpoint_by_failure;
