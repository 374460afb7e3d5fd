package build

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
)

// An object is one of certdata.txt: its attributes by name. Octal values are
// bytes, all others the words as they stand.
type object struct {
	line  int
	words map[string]string
	bytes map[string][]byte
}

// readCertdata reads NSS's certdata.txt: certificates, and beside each what it
// is trusted for. Certificates that are trusted for mail alone are read too.
func (b *builder) readCertdata(name string, r io.Reader) error {
	data, err := slurp(name, r)
	if err != nil {
		return err
	}
	objects, err := parseCertdata(string(data))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if b.StoreOf == nil {
		return fmt.Errorf("%s: nobody says which store this is", name)
	}
	l := &list{Store: b.StoreOf(name), place: name}
	l.Constraints = make(map[cert.Hash]catalog.Constraint)
	src := b.From(name)
	type id struct{ issuer, serial string }
	certs := make(map[id]object)
	for _, o := range objects {
		if o.words["CKA_CLASS"] != "CKO_CERTIFICATE" {
			continue
		}
		der := o.bytes["CKA_VALUE"]
		if len(der) == 0 {
			return fmt.Errorf("%s line %d: a certificate without CKA_VALUE", name, o.line)
		}
		b.add(der, src, fmt.Sprintf("%s line %d", name, o.line))
		certs[id{string(o.bytes["CKA_ISSUER"]), string(o.bytes["CKA_SERIAL_NUMBER"])}] = o
	}
	for _, o := range objects {
		if !o.trustsServers() {
			continue
		}
		c, ok := certs[id{string(o.bytes["CKA_ISSUER"]), string(o.bytes["CKA_SERIAL_NUMBER"])}]
		if !ok {
			return fmt.Errorf("%s line %d: trust in a certificate that is not there", name, o.line)
		}
		h := cert.Hash(sha256.Sum256(c.bytes["CKA_VALUE"]))
		l.anchors = append(l.anchors, h)
		until, err := distrustAfter(c)
		if err != nil {
			return fmt.Errorf("%s line %d: %w", name, c.line, err)
		}
		if !until.IsZero() {
			l.Constraints[h] = catalog.Constraint{NotBeforeUntil: until}
		}
	}
	if len(l.anchors) == 0 {
		return fmt.Errorf("%s: it trusts no certificate for servers: is this NSS's certdata.txt?", name)
	}
	b.setStore(l)
	return nil
}

// trustsServers reports whether the object says that a certificate is an anchor
// for servers, in the words of NSS or of PKCS #11 version 3.2.
func (o object) trustsServers() bool {
	switch o.words["CKA_CLASS"] {
	case "CKO_NSS_TRUST":
		return o.words["CKA_TRUST_SERVER_AUTH"] == "CKT_NSS_TRUSTED_DELEGATOR"
	case "CKO_TRUST":
		return o.words["CKA_PKCS_TRUST_SERVER_AUTH"] == "CKT_TRUST_ANCHOR"
	}
	return false
}

// distrustAfter reads a date such as 221130000000Z, or the word CK_FALSE.
func distrustAfter(o object) (time.Time, error) {
	const attribute = "CKA_NSS_SERVER_DISTRUST_AFTER"
	text, ok := o.bytes[attribute]
	if !ok {
		return time.Time{}, nil
	}
	t, err := time.Parse("060102150405Z", string(text))
	if err != nil {
		return t, fmt.Errorf("%s: %.40q is no date", attribute, text)
	}
	return t.UTC(), nil
}

// parseCertdata reads the objects behind BEGINDATA.
func parseCertdata(text string) (all []object, err error) {
	_, data, ok := strings.Cut(text, "\nBEGINDATA")
	if !ok {
		return nil, fmt.Errorf("no line BEGINDATA: is this NSS's certdata.txt?")
	}
	line := strings.Count(text[:len(text)-len(data)], "\n") + 1
	var octal *bytes.Buffer // of the attribute that is being read
	attribute := ""
	for row := range strings.Lines(data) {
		row = strings.TrimSpace(row)
		switch {
		case octal != nil && row == "END":
			all[len(all)-1].bytes[attribute], octal = octal.Bytes(), nil
		case octal != nil:
			if err := readOctal(octal, row); err != nil {
				return nil, fmt.Errorf("line %d: %w", line, err)
			}
		case row == "", strings.HasPrefix(row, "#"):
		default:
			name, rest, _ := strings.Cut(row, " ")
			kind, value, _ := strings.Cut(rest, " ")
			if !strings.HasPrefix(name, "CKA_") || kind == "" {
				return nil, fmt.Errorf("line %d: %.40q is no attribute", line, row)
			}
			if name == "CKA_CLASS" {
				all = append(all, object{line: line, words: make(map[string]string), bytes: make(map[string][]byte)})
			}
			if len(all) == 0 {
				return nil, fmt.Errorf("line %d: %s stands before any CKA_CLASS", line, name)
			}
			if kind == "MULTILINE_OCTAL" {
				attribute, octal = name, new(bytes.Buffer)
			} else {
				all[len(all)-1].words[name] = value
			}
		}
		line++
	}
	if octal != nil {
		return nil, fmt.Errorf("line %d: the file ends within %s", line, attribute)
	}
	return all, nil
}

// readOctal reads bytes written as \060\202.
func readOctal(to *bytes.Buffer, row string) error {
	if !strings.HasPrefix(row, `\`) {
		return fmt.Errorf("%.40q is no octal number", row)
	}
	for digits := range strings.SplitSeq(row[1:], `\`) {
		n, err := strconv.ParseUint(digits, 8, 8)
		if err != nil || len(digits) != 3 {
			return fmt.Errorf("%.40q is no octal number", digits)
		}
		to.WriteByte(byte(n))
	}
	return nil
}
