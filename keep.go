package tlschain

import (
	"context"
	"crypto/sha256"

	"github.com/tlschain/tlschain/reports"
)

// keepFix hands on the certificates that fix an endpoint. Of many we know facts
// and no bytes: those are fetched, where that is allowed. It changes no verdict.
func (e *Engine) keepFix(ctx context.Context, endpoint *reports.Endpoint, keep func([]byte)) {
	if !endpoint.NeedsFix() {
		return
	}
	lacking := map[reports.Hash]bool{}
	for h, der := range endpoint.Corrected() {
		if der != nil {
			keep(der)
		} else {
			lacking[h] = true
		}
	}
	if e.fetcher == nil || len(lacking) == 0 {
		return
	}
	session := e.fetcher.Begin()
	for _, m := range endpoint.Missing {
		if !lacking[m.SHA256] || m.AIAURL == "" {
			continue
		}
		for _, der := range session.Fetch(ctx, m.AIAURL).Certs {
			if reports.Hash(sha256.Sum256(der)) == m.SHA256 {
				keep(der)
			}
		}
	}
}
