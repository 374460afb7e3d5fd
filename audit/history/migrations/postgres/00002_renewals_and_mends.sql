-- +goose Up
ALTER TABLE state ADD COLUMN due BIGINT NOT NULL DEFAULT 0; -- when the leaf is usually renewed, if that is past

-- The corrected certificates after the leaf, by the hash that names them all.
CREATE TABLE mend_certificate (
	bundle         BYTEA NOT NULL,
	position       BIGINT NOT NULL,
	certificate_id BIGINT NOT NULL,
	PRIMARY KEY (bundle, position)
);

-- +goose Down
DROP TABLE mend_certificate;
ALTER TABLE state DROP COLUMN due;
