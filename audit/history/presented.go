package history

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Presented chain is what an endpoint showed when it was last looked at.
type Presented struct {
	Endpoint Ref
	Chain    []Hash // as sent, the leaf among them
	Leaf     Hash
	Issuer   string // of the leaf
	Refused  []string
	// From when to when the leaf is valid.
	NotBefore, NotAfter time.Time
}

// Presented gives what the endpoints of a group present, by key, without those
// that showed no leaf. No document is read for it.
func (db *DB) Presented(ctx context.Context, group string) ([]Presented, error) {
	var all []Presented
	var chainOf []int64
	refused := make(map[string][]string) // most are alike
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var p Presented
		var leaf []byte
		var chain, notBefore, notAfter int64
		var names string
		err := rows.Scan(&p.Endpoint.ID, &p.Endpoint.Group, &p.Endpoint.Key, &p.Endpoint.Identity, &p.Endpoint.Tags, &leaf,
			&p.Issuer, &names, &notBefore, &notAfter, &chain)
		if _, ok := refused[names]; !ok {
			refused[names] = strings.Fields(names)
		}
		p.Leaf, p.Refused, p.NotBefore, p.NotAfter = hashOf(leaf), refused[names], timeOf(notBefore), timeOf(notAfter)
		all, chainOf = append(all, p), append(chainOf, chain)
		return err
	}, `SELECT e.id, e.grp, e.key, e.identity, e.tags, s.leaf, s.issuer, s.refused, s.not_before, c.not_after, s.chain_id
		FROM endpoint e JOIN state s ON s.id = e.state_id JOIN certificate c ON c.sha256 = s.leaf`+listed+` AND e.grp = $1 ORDER BY e.key`, group)
	if err != nil {
		return nil, fmt.Errorf("reading what endpoints present: %w", err)
	}
	chains, err := db.hashes(ctx, chainOf)
	for i := range all {
		all[i].Chain = chains[chainOf[i]]
	}
	return all, err
}

// hashes reads chains by their ids.
func (db *DB) hashes(ctx context.Context, ids []int64) (map[int64][]Hash, error) {
	type entry struct {
		position int
		sha256   Hash
	}
	entries := make(map[int64][]entry)
	err := db.byID(ctx, ids, func(rows *sql.Rows) error {
		var chain int64
		var e entry
		var hash []byte
		err := rows.Scan(&chain, &e.position, &hash)
		e.sha256 = hashOf(hash)
		entries[chain] = append(entries[chain], e)
		return err
	}, "SELECT k.chain_id, k.position, c.sha256 FROM chain_certificate k JOIN certificate c ON c.id = k.certificate_id WHERE k.chain_id IN")
	chains := make(map[int64][]Hash, len(entries))
	for id, list := range entries {
		slices.SortFunc(list, func(a, b entry) int { return a.position - b.position })
		for _, e := range list {
			chains[id] = append(chains[id], e.sha256)
		}
	}
	return chains, err
}
