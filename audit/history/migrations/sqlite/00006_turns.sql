-- +goose Up
-- Whose turn it is to connect, among all that scan: see Turns.
CREATE TABLE turn (
	name TEXT PRIMARY KEY,                       -- of a group, or of a network that targets are in
	next INTEGER NOT NULL                        -- microseconds of the database's clock: free from then on
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE turn;
