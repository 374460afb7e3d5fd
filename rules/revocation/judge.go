package revocation

import (
	"bytes"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// Judge says what the list says of a certificate of an issuer, as of a moment.
func (l *List) Judge(c, issuer *cert.Certificate, at time.Time) Answer {
	a := Answer{Source: CRL, Status: NotJudged, ThisUpdate: l.ThisUpdate, NextUpdate: l.NextUpdate}
	if a.Fault = l.notBy(c, issuer); a.Fault != "" {
		return a
	}
	if e, listed := l.find(c.Serial); listed {
		since := time.Unix(int64(e.at), 0).UTC()
		if e.at == 0 || !at.Before(since) {
			// Even a list that is out of date is right in this: nobody takes a revocation back.
			a.Status, a.Reason = Revoked, reasonName(int(e.reason))
			if e.at != 0 {
				a.RevokedAt = since
			}
			return a
		}
	}
	switch {
	case at.Before(l.ThisUpdate):
		a.Fault = "it is of a later time"
	case !l.NextUpdate.IsZero() && at.After(l.NextUpdate):
		a.Fault = "it is out of date"
	case l.scope.someReasons:
		a.Fault = "it lists only what was revoked for some of the reasons"
	default:
		a.Status = Good
	}
	return a
}

// notBy says why the list says nothing of the certificate; empty: it does.
func (l *List) notBy(c, issuer *cert.Certificate) string {
	switch {
	case l.issuer.Canon != c.Issuer.Canon:
		return "it is of another issuer"
	case l.signed == chain.No:
		return "it is not signed by the certificate's issuer"
	case l.signed == chain.CannotTell:
		return "its signature cannot be checked"
	case issuer.HasKeyUsage && issuer.KeyUsage&cert.CRLSign == 0:
		return "the issuer's key is not for signing CRLs"
	case l.fault != "":
		return l.fault
	}
	return l.scope.lacks(c)
}

func (l *List) find(serial []byte) (entry, bool) {
	key := keyOf(serial)
	i, ok := slices.BinarySearchFunc(l.entries, key, func(e entry, key [12]byte) int { return bytes.Compare(e.key[:], key[:]) })
	if !ok {
		return entry{}, false
	}
	return l.entries[i], true
}
