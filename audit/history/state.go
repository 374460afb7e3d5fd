package history

import (
	"time"

	"github.com/tlschain/tlschain/rules/cert"
)

// A Seen is one endpoint as an audit found it.
type Seen struct {
	Key      string // tells the endpoint apart within its group, the same every night
	Identity string // what was asked for: the caller's document, stored beside the key
	Tags     Tags
	State
}

// A State is what was judged of an endpoint, apart from which endpoint it is.
// It is stored once by its Hash, however many nights and endpoints share it.
type State struct {
	Hash  Hash          // the caller says what makes two states the same
	Doc   []byte        // the caller's document; the first of a hash is kept
	Chain []Certificate // as presented; none for an endpoint that did not answer
	Fix   []Certificate // what Bundle stands for, in order; only written: DER gives the bytes back
	Facts
}

// Facts are what lists filter, sort and compare by without reading documents.
type Facts struct {
	Status       string    // "ok" or "failed"
	Failure      string    // code of why there is no chain; empty: there is one
	Presentation int       // severity, 0 to 3; 0 also when there is no chain
	Worst        int       // severity of the worst finding that counts, 0 to 3
	Leaf         Hash      // zero: no leaf
	Issuer       string    // of the leaf
	Product      string    // of the CA
	Rules        string    // "rule=severity" of all findings that count, sorted, joined by spaces
	Refused      string    // clients that do not accept the chain, sorted, joined by spaces
	Bundle       Hash      // identifies the fix; zero: none
	NotBefore    time.Time // of the leaf
	Expires      time.Time // when the first client loses its path; zero: unknown
	Due          time.Time // when the leaf should have been renewed, which it was not; zero: nothing is late
}

// A Certificate is one presented certificate, stored once by its SHA-256.
type Certificate struct {
	SHA256   Hash
	NotAfter time.Time // zero: unknown
	Doc      []byte    // the caller's document; the first one is kept
	DER      []byte    // as sent; nil: not at hand
}

// A Hash is a SHA-256 digest; the zero value means that there is none.
type Hash = cert.Hash

// nullable is a hash as the database has it, NULL for zero.
func nullable(h Hash) []byte {
	if h.IsZero() {
		return nil
	}
	return h[:]
}

// hashOf reads a column that may be NULL.
func hashOf(b []byte) (h Hash) {
	copy(h[:], b)
	return h
}

// seconds is a time for a column, 0 for the zero value.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func timeOf(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
