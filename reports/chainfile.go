package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strings"

	"github.com/tlschain/tlschain/rules/install"
)

// ChainFile is the chain as it was sent, as PEM, and the name of a file for it: of
// the host, and of how the SHA-256 of the file begins. It is empty where the
// endpoint does not have the bytes of its certificates.
func (e *Endpoint) ChainFile() (name string, content []byte) {
	var chain strings.Builder
	for i := range e.Chain {
		chain.WriteString(e.Chain[i].PEM)
	}
	content = []byte(chain.String())
	sum := sha256.Sum256(content)
	host := e.Host
	if _, err := netip.ParseAddr(host); err == nil && e.ServerName != "" {
		host = e.ServerName // NAME@ADDRESS
	}
	return install.SafeName(host) + "-" + hex.EncodeToString(sum[:8]) + ".pem", content
}
