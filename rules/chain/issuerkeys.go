package chain

import (
	"crypto/ecdsa"
	"sync/atomic"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain/internal/onekey"
)

// issuerKeys are the ECDSA keys by which signatures were checked. A key that has
// signed much gets a table, with which the rest takes a third of the time. The zero
// value is ready; nil has no tables.
type issuerKeys struct {
	checks Memory[cert.Hash, *atomic.Int32]
	tables Memory[cert.Hash, *onekey.Key]
	made   atomic.Int32
}

// Bounds of what is kept: counts take some hundred kilobytes, tables 10 MB at the most.
const (
	maxCounts   = 1 << 11
	maxTables   = 24
	worthATable = 32 // signatures: as many take the time that a table takes
)

// table gives the table of a key; nil: it has none.
func (keys *issuerKeys) table(key cert.Key, pub *ecdsa.PublicKey) *onekey.Key {
	if keys == nil {
		return nil
	}
	if table, ok := keys.tables.Recall(key.SPKI); ok {
		return table
	}
	count, ok := keys.checks.Recall(key.SPKI)
	if !ok {
		count = new(atomic.Int32)
		keys.checks.Remember(key.SPKI, count, maxCounts)
	}
	if count.Add(1) != worthATable || keys.made.Add(1) > maxTables {
		return nil
	}
	table := onekey.New(pub)
	if table == nil {
		keys.made.Add(-1)
		return nil
	}
	keys.tables.Remember(key.SPKI, table, maxTables)
	return table
}
