package tlstest

import (
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/ocsp"
)

// ocspResponse makes a response on a certificate, signed by its issuer; embedded: with
// the issuer's certificate in it.
func ocspResponse(status string, of, by *Cert, from, to time.Time, embedded bool) ([]byte, error) {
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

// revocation reads what is said of revoked certificates.
func (r *Recipe) revocation(verb string, words []word) error {
	if verb == "asked" {
		return r.asked(words)
	}
	return r.ocsp(words)
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
	r.OCSP, err = ocspResponse(words[0].name, of, by, span["from"], span["to"], embedded)
	return err
}

// asked reads a statement: asked NAME crl|ocsp STATUS [reason=] [fault=].
func (r *Recipe) asked(words []word) error {
	if len(words) < 3 {
		return errors.New("want: asked NAME crl|ocsp STATUS [reason=WORD] [fault=TEXT]")
	}
	of, err := r.cert(words[0].name)
	if err != nil {
		return err
	}
	a := Asked{Of: of.DER, Source: words[1].name, Status: words[2].name}
	for _, w := range words[3:] {
		switch w.name {
		case "reason":
			a.Reason = w.value
		case "fault":
			a.Fault = w.value
		default:
			return fmt.Errorf("no option %q", w.name)
		}
	}
	r.Asked = append(r.Asked, a)
	return nil
}
