package history

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
)

// internFixes stores the certificates of each fix once, so that the corrected
// file can be had long after what they were fetched from is gone. The bundle's
// hash names the list: one that is known is never written again.
func internFixes(ctx context.Context, tx *sql.Tx, states map[Hash]*State) error {
	fixes := map[Hash][]Certificate{}
	for _, s := range states {
		if len(s.Fix) > 0 {
			fixes[s.Bundle] = s.Fix
		}
	}
	known := map[Hash]int64{}
	order := slices.SortedFunc(maps.Keys(fixes), func(a, b Hash) int { return bytes.Compare(a[:], b[:]) })
	if err := lookUpHashes(ctx, tx, known, order, "SELECT certificate_id, bundle FROM mend_certificate WHERE position = 0 AND "+
		"bundle IN"); err != nil {
		return err
	}
	certificates := map[Hash][]any{}
	var p packer
	for _, bundle := range order {
		for _, c := range fixes[bundle] {
			if _, ok := known[bundle]; !ok {
				certificates[c.SHA256] = []any{seconds(c.NotAfter), p.pack(c.Doc), c.DER}
			}
		}
	}
	ids, err := intern(ctx, tx, "certificate", "sha256", certificates, ", not_after, doc, der")
	if err != nil {
		return err
	}
	var rows [][]any
	for _, bundle := range order {
		for position, c := range fixes[bundle] {
			if _, ok := known[bundle]; !ok {
				rows = append(rows, []any{bundle[:], position, ids[c.SHA256]})
			}
		}
	}
	return insert(ctx, tx, "INSERT INTO mend_certificate (bundle, position, certificate_id)",
		"ON CONFLICT (bundle, position) DO NOTHING", rows)
}

// Bundle gives the certificates that a fix stands for, DER, in order; nil if
// they were never at hand.
func (db *DB) Bundle(ctx context.Context, bundle Hash) ([][]byte, error) {
	var found [][]byte
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var der []byte
		err := rows.Scan(&der)
		found = append(found, der)
		return err
	}, "SELECT c.der FROM mend_certificate m JOIN certificate c ON c.id = m.certificate_id WHERE m.bundle = $1 ORDER BY m.position", bundle[:])
	if err != nil {
		return nil, fmt.Errorf("reading a mend: %w", err)
	}
	return found, nil
}
