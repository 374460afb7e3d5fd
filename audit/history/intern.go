package history

import (
	"bytes"
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
)

// intern gives each row of a table that holds every value once its id, adding
// the missing. Rows go in by ascending key, so that two audits that add the same
// certificates at once wait for each other instead of dead-locking.
func intern(ctx context.Context, tx *sql.Tx, table, column string, rows map[Hash][]any, columns string) (map[Hash]int64, error) {
	query := "SELECT id, " + column + " FROM " + table + " WHERE " + column + " IN"
	keys := slices.SortedFunc(maps.Keys(rows), func(a, b Hash) int { return bytes.Compare(a[:], b[:]) })
	ids := make(map[Hash]int64, len(keys))
	if err := lookUpHashes(ctx, tx, ids, keys, query); err != nil {
		return nil, err
	}
	var missing []Hash
	var values [][]any
	for _, k := range keys {
		if _, ok := ids[k]; !ok {
			missing = append(missing, k)
			values = append(values, append([]any{k[:]}, rows[k]...))
		}
	}
	if err := insert(ctx, tx, "INSERT INTO "+table+" ("+column+columns+")", "ON CONFLICT ("+column+") DO NOTHING", values); err != nil {
		return nil, err
	}
	if err := lookUpHashes(ctx, tx, ids, missing, query); err != nil {
		return nil, err
	}
	return ids, nil
}

// internStates stores what is new of the states and gives their ids.
func internStates(ctx context.Context, tx *sql.Tx, states map[Hash]*State) (map[Hash]int64, error) {
	// Only new states need their certificates and chains looked at.
	known := make(map[Hash]int64, len(states))
	keys := slices.Collect(maps.Keys(states))
	if err := lookUpHashes(ctx, tx, known, keys, "SELECT id, hash FROM state WHERE hash IN"); err != nil {
		return nil, err
	}
	certificates, chains := map[Hash][]any{}, map[Hash][]any{}
	fresh := map[Hash]*State{}
	var p packer
	for h, s := range states {
		if _, ok := known[h]; ok {
			continue
		}
		fresh[h] = s
		chains[s.chainHash()] = nil
		for _, c := range s.Chain {
			certificates[c.SHA256] = []any{seconds(c.NotAfter), p.pack(c.Doc), c.DER}
		}
	}
	certificateIDs, err := intern(ctx, tx, "certificate", "sha256", certificates, ", not_after, doc, der")
	if err != nil {
		return nil, err
	}
	chainIDs, err := intern(ctx, tx, "chain", "hash", chains, "")
	if err != nil {
		return nil, err
	}
	if err := linkChains(ctx, tx, fresh, chainIDs, certificateIDs); err != nil {
		return nil, err
	}
	rows := make(map[Hash][]any, len(fresh))
	for h, s := range fresh {
		rows[h] = []any{chainIDs[s.chainHash()], s.Status, s.Failure, s.Presentation, s.Worst, nullable(s.Leaf), s.Issuer, s.Product,
			s.Rules, s.Refused, nullable(s.Bundle), seconds(s.NotBefore), seconds(s.Expires), seconds(s.Due), p.pack(s.Doc)}
	}
	ids, err := intern(ctx, tx, "state", "hash", rows,
		", chain_id, status, failure, presentation, worst, leaf, issuer, product, rules, refused, bundle, not_before, expires, due, doc")
	if err != nil {
		return nil, err
	}
	maps.Copy(ids, known)
	return ids, nil
}

// linkChains writes which certificates chains are made of. For a chain that is
// already there the rows are there too, and stay.
func linkChains(ctx context.Context, tx *sql.Tx, states map[Hash]*State, chains, certificates map[Hash]int64) error {
	var rows [][]any
	done := map[int64]bool{}
	for _, s := range states {
		id := chains[s.chainHash()]
		if done[id] {
			continue
		}
		done[id] = true
		for position, c := range s.Chain {
			rows = append(rows, []any{id, position, certificates[c.SHA256]})
		}
	}
	slices.SortFunc(rows, func(a, b []any) int {
		if d := a[0].(int64) - b[0].(int64); d != 0 {
			return int(min(max(d, -1), 1))
		}
		return a[1].(int) - b[1].(int)
	})
	return insert(ctx, tx, "INSERT INTO chain_certificate (chain_id, position, certificate_id)",
		"ON CONFLICT (chain_id, position) DO NOTHING", rows)
}

// chainHash tells the chain apart.
func (s *State) chainHash() Hash {
	return cert.HashOf(func(yield func(Hash) bool) {
		for _, c := range s.Chain {
			if !yield(c.SHA256) {
				return
			}
		}
	})
}
