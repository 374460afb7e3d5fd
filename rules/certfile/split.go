package certfile

import (
	"net/netip"
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
)

// split finds the leaves in a list and makes a chain for each that a server
// would choose between: leaves for the same name with keys of different kinds,
// as in a file with an RSA and an ECDSA certificate. Any other second leaf is
// presented along with the first and is judged as a fault of its chain.
//
// A certificate belongs to the leaf before it; leaves that follow each other
// share what comes after them. No leaf at all gives no chain.
func split(c Chain) []Chain {
	parsed := make([]*cert.Certificate, len(c.Certs))
	readable := true
	for i, der := range c.Certs {
		var err error
		parsed[i], err = cert.Parse(der)
		readable = readable && err == nil
	}
	var leaves []int // positions, the first of each kind
	twins := twinFinder{parsed: parsed}
	for i, p := range parsed {
		if p != nil && isLeaf(p) && (len(leaves) == 0 || twins.isTwin(leaves, p)) {
			leaves = append(leaves, i)
		}
	}
	switch {
	case len(leaves) == 0 && readable && c.Key == (cert.Hash{}):
		return nil
	case len(leaves) < 2:
		if c.Set && len(leaves) == 1 {
			c.Certs = leafFirst(c.Certs, leaves[0])
		}
		return []Chain{c}
	}
	chains := make([]Chain, len(leaves))
	for n, at := range leaves {
		chain := c // what is said of the file holds for each
		chain.Certs, chain.Key = [][]byte{c.Certs[at]}, cert.Hash{}
		switch {
		case c.Set:
			chain.Certs = append(chain.Certs, without(c.Certs, leaves)...)
		case n == 0: // what precedes the first leaf is presented before it
			chain.Certs = slices.Concat(c.Certs[:at], chain.Certs, following(c.Certs, leaves, n))
		default:
			chain.Certs = append(chain.Certs, following(c.Certs, leaves, n)...)
		}
		if parsed[at].Key.SPKI == c.Key {
			chain.Key = c.Key
		}
		chains[n] = chain
	}
	return chains
}

// isLeaf reports whether a certificate is a server's own. A CA certificate that
// names hosts is one too: openssl req -x509 makes such for testing.
func isLeaf(c *cert.Certificate) bool {
	return !c.IsCA || len(c.DNSNames) > 0 || len(c.IPs) > 0
}

// A twinFinder finds leaves for a name of the first one, by another kind of key.
type twinFinder struct {
	parsed []*cert.Certificate
	names  map[string]bool // of the first leaf, once they are asked for
}

func (f *twinFinder) isTwin(leaves []int, c *cert.Certificate) bool {
	for _, l := range leaves {
		if f.parsed[l].Key.Kind == c.Key.Kind {
			return false
		}
	}
	if f.names == nil {
		f.names = make(map[string]bool)
		first := f.parsed[leaves[0]]
		for _, name := range first.DNSNames {
			f.names[name] = true
		}
		for _, ip := range first.IPs {
			f.names[ip.String()] = true
		}
	}
	return slices.ContainsFunc(c.DNSNames, func(name string) bool { return f.names[name] }) ||
		slices.ContainsFunc(c.IPs, func(ip netip.Addr) bool { return f.names[ip.String()] })
}

// following returns the certificates between leaf n, or the run of leaves that
// it is in, and the leaf after that.
func following(certs [][]byte, leaves []int, n int) [][]byte {
	for n+1 < len(leaves) && leaves[n+1] == leaves[n]+1 {
		n++
	}
	end := len(certs)
	if n+1 < len(leaves) {
		end = leaves[n+1]
	}
	return certs[leaves[n]+1 : end]
}

func without(certs [][]byte, positions []int) (rest [][]byte) {
	for i, c := range certs {
		if !slices.Contains(positions, i) {
			rest = append(rest, c)
		}
	}
	return rest
}

func leafFirst(certs [][]byte, leaf int) [][]byte {
	return append([][]byte{certs[leaf]}, without(certs, []int{leaf})...)
}
