-- +goose Up
-- What the user says of an endpoint, as its newest audit had it: see Tags.
ALTER TABLE endpoint ADD COLUMN tags TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE endpoint DROP COLUMN tags;
