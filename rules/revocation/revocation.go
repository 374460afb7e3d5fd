// Package revocation reads what CAs publish of the certificates that they took
// back: CRLs (RFC 5280 section 5) and OCSP responses (RFC 6960).
//
// It fetches nothing. What it is given may come from anybody: it says of each
// certificate what a list or a response says, and whether that is to be gone by.
package revocation

import "time"

// A Source is the kind of a publication.
type Source string

// The sources.
const (
	CRL  Source = "crl"
	OCSP Source = "ocsp"
)

// A Status is what a source says of a certificate.
type Status string

// The statuses.
const (
	Good        Status = "good"
	Revoked     Status = "revoked"
	Unknown     Status = "unknown"     // the OCSP responder does not know the certificate
	Unavailable Status = "unavailable" // nothing came
	NotJudged   Status = "not-judged"  // what came is not to go by
	Unpublished Status = "unpublished" // the certificate names no source
)

// An Answer is what one source says of one certificate.
type Answer struct {
	Source     Source // empty: the certificate names none
	URL        string
	Status     Status
	Reason     string    // of a revoked certificate, by its name in RFC 5280 section 5.3.1; empty: not said
	RevokedAt  time.Time // zero: not said
	ThisUpdate time.Time
	NextUpdate time.Time // zero: not said
	Fault      string    // why there is no answer, or why it is not to go by
}

// Final reports whether the answer leaves no question.
func (a *Answer) Final() bool { return a.Status == Good || a.Status == Revoked }

// reasons are the names of the reasons in RFC 5280 section 5.3.1.
var reasons = [...]string{0: "unspecified", 1: "keyCompromise", 2: "cACompromise", 3: "affiliationChanged", 4: "superseded",
	5: "cessationOfOperation", 6: "certificateHold", 8: "removeFromCRL", 9: "privilegeWithdrawn", 10: "aACompromise"}

func reasonName(code int) string {
	if code < 1 || code >= len(reasons) {
		return ""
	}
	return reasons[code]
}
