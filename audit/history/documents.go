package history

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// A Row is one endpoint as one audit saw it.
type Row struct {
	Endpoint Ref
	State    State
}

// State reads one state by its id, with its document and its chain, without
// the certificates' own bytes.
func (db *DB) State(ctx context.Context, id int64) (State, error) {
	states, err := db.states(ctx, []int64{id})
	if err != nil {
		return State{}, err
	}
	if states[id] == nil {
		return State{}, fmt.Errorf("state %d: %w", id, ErrNotFound)
	}
	return *states[id], nil
}

// States reads the states of many endpoints, by their ids.
func (db *DB) States(ctx context.Context, list []Current) (map[int64]*State, error) {
	ids := make([]int64, len(list))
	for i, c := range list {
		ids[i] = c.StateID
	}
	return db.states(ctx, ids)
}

// Rows gives all that an ended audit saw, by key, a few hundred read at a time.
// After an error nothing follows.
func (db *DB) Rows(ctx context.Context, audit int64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		view, err := db.viewOf(ctx, audit)
		if err != nil {
			yield(Row{}, err)
			return
		}
		at := view.states
		endpoints := make([]int64, 0, len(at))
		for id := range at {
			endpoints = append(endpoints, id)
		}
		refs, err := db.refs(ctx, endpoints)
		if err != nil {
			yield(Row{}, err)
			return
		}
		slices.SortFunc(endpoints, func(a, b int64) int { return strings.Compare(refs[a].Key, refs[b].Key) })
		for some := range slices.Chunk(endpoints, chunk) {
			ids := make([]int64, len(some))
			for i, endpoint := range some {
				ids[i] = at[endpoint]
			}
			states, err := db.states(ctx, ids)
			if err != nil {
				yield(Row{}, err)
				return
			}
			for _, endpoint := range some {
				s := states[at[endpoint]]
				if s == nil {
					yield(Row{}, fmt.Errorf("state %d of %s: %w", at[endpoint], refs[endpoint].Key, ErrNotFound))
					return
				}
				if !yield(Row{refs[endpoint], *s}, nil) {
					return
				}
			}
		}
	}
}

// states reads states with documents and chains.
func (db *DB) states(ctx context.Context, ids []int64) (map[int64]*State, error) {
	found, chainOf, err := db.statesWithoutChains(ctx, ids)
	if err != nil {
		return nil, err
	}
	chains, err := db.chains(ctx, chainOf)
	if err != nil {
		return nil, err
	}
	for id, s := range found {
		s.Chain = chains[chainOf[id]]
	}
	return found, nil
}

// documents reads states with their documents only.
func (db *DB) documents(ctx context.Context, ids []int64) (map[int64]*State, error) {
	found, _, err := db.statesWithoutChains(ctx, ids)
	return found, err
}

// statesWithoutChains also gives the chains' ids.
func (db *DB) statesWithoutChains(ctx context.Context, ids []int64) (found map[int64]*State, chainOf map[int64]int64, err error) {
	found, chainOf = map[int64]*State{}, map[int64]int64{}
	err = db.byID(ctx, ids, func(rows *sql.Rows) error {
		var id, chain int64
		var hash, doc []byte
		var f factScan
		if err := rows.Scan(append([]any{&id, &chain, &hash, &doc}, f.fields()...)...); err != nil {
			return err
		}
		text, err := unpack(doc)
		if err != nil {
			return err
		}
		found[id], chainOf[id] = &State{Hash: hashOf(hash), Doc: text, Facts: f.facts()}, chain
		return nil
	}, "SELECT s.id, s.chain_id, s.hash, s.doc, "+factColumns+" FROM state s WHERE s.id IN")
	return found, chainOf, err
}

// chains reads the certificates of the chains that states point at.
func (db *DB) chains(ctx context.Context, chainOf map[int64]int64) (map[int64][]Certificate, error) {
	ids := make([]int64, 0, len(chainOf))
	for _, id := range chainOf {
		ids = append(ids, id)
	}
	type link struct {
		position    int
		certificate int64
	}
	links, wanted := map[int64][]link{}, []int64(nil)
	err := db.byID(ctx, ids, func(rows *sql.Rows) error {
		var chain int64
		var l link
		err := rows.Scan(&chain, &l.position, &l.certificate)
		links[chain] = append(links[chain], l)
		wanted = append(wanted, l.certificate)
		return err
	}, "SELECT chain_id, position, certificate_id FROM chain_certificate WHERE chain_id IN")
	if err != nil {
		return nil, err
	}
	certificates := make(map[int64]Certificate, len(wanted))
	err = db.byID(ctx, wanted, func(rows *sql.Rows) error {
		var id, notAfter int64
		var hash, doc []byte
		if err := rows.Scan(&id, &hash, &notAfter, &doc); err != nil {
			return err
		}
		text, err := unpack(doc)
		certificates[id] = Certificate{SHA256: hashOf(hash), NotAfter: timeOf(notAfter), Doc: text}
		return err
	}, "SELECT id, sha256, not_after, doc FROM certificate WHERE id IN")
	if err != nil {
		return nil, err
	}
	chains := make(map[int64][]Certificate, len(links))
	for chain, l := range links {
		slices.SortFunc(l, func(a, b link) int { return a.position - b.position })
		for _, one := range l {
			chains[chain] = append(chains[chain], certificates[one.certificate])
		}
	}
	return chains, nil
}

// DER gives the bytes of the certificates that were presented anywhere or
// are needed for a fix, by SHA-256; those that are not at hand are missing from the map.
func (db *DB) DER(ctx context.Context, hashes []Hash) (map[Hash][]byte, error) {
	found := map[Hash][]byte{}
	for some := range slices.Chunk(hashes, chunk) {
		args := make([]any, len(some))
		for i := range some {
			args[i] = some[i][:]
		}
		err := each(ctx, db.sql, func(rows *sql.Rows) error {
			var hash, der []byte
			err := rows.Scan(&hash, &der)
			found[hashOf(hash)] = der
			return err
		}, "SELECT sha256, der FROM certificate WHERE der IS NOT NULL AND sha256 IN ("+numbered(0, len(some))+")", args...)
		if err != nil {
			return nil, fmt.Errorf("reading certificates: %w", err)
		}
	}
	return found, nil
}

// Certificates calls do with every certificate that is stored, in no order,
// without its bytes. After an error it is called no more.
func (db *DB) Certificates(ctx context.Context, do func(Certificate) error) error {
	err := each(ctx, db.sql, func(rows *sql.Rows) error {
		var notAfter int64
		var hash, doc []byte
		if err := rows.Scan(&hash, &notAfter, &doc); err != nil {
			return err
		}
		text, err := unpack(doc)
		if err != nil {
			return err
		}
		return do(Certificate{SHA256: hashOf(hash), NotAfter: timeOf(notAfter), Doc: text})
	}, "SELECT sha256, not_after, doc FROM certificate")
	if err != nil {
		return fmt.Errorf("reading certificates: %w", err)
	}
	return nil
}
