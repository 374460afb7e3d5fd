-- +goose Up
-- When turns were last reserved: if that is yet to come, the database's clock was
-- set back, and the turns with it.
ALTER TABLE turn ADD COLUMN at BIGINT NOT NULL DEFAULT 0; -- microseconds of the database's clock

-- +goose Down
ALTER TABLE turn DROP COLUMN at;
