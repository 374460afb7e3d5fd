package history

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
)

// A partial audit saw only some endpoints, and a later audit may stretch an
// interval over it. The set of those it reached keeps that apart: ids
// ascending, as varints of their differences, packed.

func packReached(ctx context.Context, tx *sql.Tx, audit int64) ([]byte, error) {
	b, last := []byte{}, int64(0)
	err := each(ctx, tx, func(rows *sql.Rows) error {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		b = binary.AppendUvarint(b, uint64(id-last))
		last = id
		return nil
	}, "SELECT endpoint_id FROM pending WHERE audit_id = $1 ORDER BY endpoint_id", audit)
	return new(packer).pack(b), err
}

// unpackReached gives the set, or nil for a complete audit, which reached all.
func unpackReached(packed []byte) (map[int64]bool, error) {
	if packed == nil {
		return nil, nil
	}
	b, err := unpack(packed)
	if err != nil {
		return nil, err
	}
	set, id := map[int64]bool{}, uint64(0)
	for r := bytes.NewReader(b); r.Len() > 0; {
		step, err := binary.ReadUvarint(r)
		if err != nil {
			return nil, err
		}
		id += step
		set[int64(id)] = true
	}
	return set, nil
}
