-- +goose Up
-- When each receiver gets its next summary of what is still broken.
CREATE TABLE reminder (
	receiver TEXT PRIMARY KEY,
	next     INTEGER NOT NULL,
	spec     TEXT NOT NULL                        -- what next was computed from
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE reminder;
