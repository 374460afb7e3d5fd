package tlstest

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/ocsp"
)

// OCSP makes a response on a certificate, signed by its issuer; embedded: with
// the issuer's certificate in it.
func OCSP(status string, of, by *Cert, from, to time.Time, embedded bool) ([]byte, error) {
	issuer, err := x509.ParseCertificate(by.DER)
	if err != nil {
		return nil, err
	}
	n, err := choose(status, map[string]int{"good": ocsp.Good, "revoked": ocsp.Revoked, "unknown": ocsp.Unknown})
	if err != nil {
		return nil, err
	}
	response := ocsp.Response{Status: n, SerialNumber: of.serial, ThisUpdate: from, NextUpdate: to, RevokedAt: from}
	if embedded {
		response.Certificate = issuer
	}
	return ocsp.CreateResponse(issuer, issuer, response, by.Key.Signer)
}

// ocsp reads a statement: ocsp STATUS NAME by NAME [embedded] [from=DATE] [to=DATE].
func (r *Recipe) ocsp(words []word) error {
	if len(words) < 4 || words[2].name != "by" {
		return errors.New("want: ocsp good|revoked|unknown NAME by NAME [from=DATE] [to=DATE]")
	}
	of, err := r.cert(words[1].name)
	if err != nil {
		return err
	}
	by, err := r.cert(words[3].name)
	if err != nil {
		return err
	}
	span := map[string]time.Time{"from": r.At.AddDate(0, 0, -1), "to": r.At.AddDate(0, 0, 1)}
	embedded := false
	for _, w := range words[4:] {
		if w.name == "embedded" {
			embedded = true
			continue
		}
		if _, ok := span[w.name]; !ok {
			return fmt.Errorf("no option %q", w.name)
		}
		if span[w.name], err = r.time(w.value); err != nil {
			return err
		}
	}
	r.OCSP, err = OCSP(words[0].name, of, by, span["from"], span["to"], embedded)
	return err
}
