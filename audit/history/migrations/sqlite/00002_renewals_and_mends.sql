-- +goose Up
ALTER TABLE state ADD COLUMN due INTEGER NOT NULL DEFAULT 0; -- when the leaf is usually renewed, if that is past

-- The corrected certificates after the leaf, by the hash that names them all.
CREATE TABLE mend_certificate (
	bundle         BLOB NOT NULL,
	position       INTEGER NOT NULL,
	certificate_id INTEGER NOT NULL,
	PRIMARY KEY (bundle, position)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE mend_certificate;
ALTER TABLE state DROP COLUMN due;
