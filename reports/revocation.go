package reports

import (
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/revocation"
)

// A Revocation is what one source says of one presented certificate.
type Revocation struct {
	Position   int               `json:"position" doc:"of the certificate in chain"`
	Source     revocation.Source `json:"source" enum:"crl,ocsp" null:"yes" doc:"null: the certificate names none"`
	URL        string            `json:"url" doc:"of the CRL or the OCSP responder; empty: none"`
	Status     revocation.Status `json:"status" enum:"good,revoked,unknown,unavailable,not-judged,unpublished" doc:"unknown: the responder does not know the certificate; unavailable: nothing came; not-judged: what came is not to go by; unpublished: the certificate names no source"`
	Reason     string            `json:"reason,omitempty" doc:"of a revoked one, as in RFC 5280 section 5.3.1; absent: not said"`
	RevokedAt  time.Time         `json:"revoked_at" null:"yes"`
	ThisUpdate time.Time         `json:"this_update" null:"yes"`
	NextUpdate time.Time         `json:"next_update" null:"yes"`
	Error      string            `json:"error,omitempty" doc:"why it is unavailable or not judged"`
}

func revocationsOf(v *rules.Verdict) (out []Revocation) {
	for _, a := range v.Revocation {
		out = append(out, Revocation{Position: a.Position, Source: a.Source, URL: Clean(a.URL), Status: a.Status, Reason: Clean(a.Reason),
			RevokedAt: a.RevokedAt, ThisUpdate: a.ThisUpdate, NextUpdate: a.NextUpdate, Error: Clean(a.Fault)})
	}
	return out
}

func (r Revocation) append(b []byte) []byte {
	b = appendInt(append(b, `{"position":`...), r.Position)
	if b = append(b, `,"source":`...); r.Source == "" {
		b = append(b, "null"...)
	} else {
		b = appendText(b, string(r.Source))
	}
	b = appendText(append(b, `,"url":`...), r.URL)
	b = appendText(append(b, `,"status":`...), string(r.Status))
	if r.Reason != "" {
		b = appendText(append(b, `,"reason":`...), r.Reason)
	}
	b = appendTime(append(b, `,"revoked_at":`...), r.RevokedAt)
	b = appendTime(append(b, `,"this_update":`...), r.ThisUpdate)
	b = appendTime(append(b, `,"next_update":`...), r.NextUpdate)
	if r.Error != "" {
		b = appendText(append(b, `,"error":`...), r.Error)
	}
	return append(b, '}')
}
