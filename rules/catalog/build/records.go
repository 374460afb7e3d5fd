package build

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
)

// A record is one of a collection of Mozilla's remote settings, of those two
// that are read here.
type record struct {
	Modified     int64  `json:"last_modified"` // milliseconds of Unix time
	IssuerName   string `json:"issuerName"`
	SerialNumber string `json:"serialNumber"`
	Subject      string `json:"subject"`
	PubKeyHash   string `json:"pubKeyHash"`
	DERHash      string `json:"derHash"`
	Details      struct {
		Bug string `json:"bug"`
	} `json:"details"`
}

// records reads a collection, as the server's changeset or records has it, or
// as Firefox ships it.
func records(name string, r io.Reader) ([]record, error) {
	data, err := slurp(name, r)
	if err != nil {
		return nil, err
	}
	var all struct {
		Data    []record `json:"data"`
		Changes []record `json:"changes"`
	}
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	rows := append(all.Data, all.Changes...)
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: there is no record in it", name)
	}
	return rows, nil
}

// day is the one on which a record was changed last.
func (r record) day() time.Time { return time.UnixMilli(r.Modified).UTC().Truncate(24 * time.Hour) }

// readOneCRLRecords reads Mozilla's list of revoked CA certificates as Mozilla
// publishes it. Whether an entry is "enabled" does not matter to Firefox.
func (b *builder) readOneCRLRecords(name string, r io.Reader) error {
	rows, err := records(name, r)
	if err != nil {
		return err
	}
	l := oneCRL()
	for i, r := range rows {
		e := catalog.Revocation{Since: r.day()}
		if bug := path.Base(strings.ReplaceAll(r.Details.Bug, "show_bug.cgi?id=", "")); bug != "." && bug != "/" {
			e.Reason = "Mozilla bug " + bug
		}
		switch {
		case r.IssuerName != "" && r.SerialNumber != "":
			if e.Issuer, err = octets(r.IssuerName); err == nil {
				e.Serial, err = octets(r.SerialNumber)
			}
		case r.Subject != "" && r.PubKeyHash != "":
			if e.Subject, err = octets(r.Subject); err == nil {
				e.SPKI, err = digest(r.PubKeyHash)
			}
		default:
			err = fmt.Errorf("neither issuer and serial number nor subject and key")
		}
		if err != nil {
			return fmt.Errorf("%s record %d: %w", name, i+1, err)
		}
		l.Date = latest(l.Date, e.Since)
		l.Entries = append(l.Entries, e)
	}
	b.setRevoked(l.Indexed())
	return nil
}

// readPreloadRecords reads the intermediates that Firefox fetches ahead, as
// Mozilla publishes them.
func (b *builder) readPreloadRecords(name string, r io.Reader) error {
	rows, err := records(name, r)
	if err != nil {
		return err
	}
	p := &preloads{source: securityState}
	for i, r := range rows {
		h, err := digest(r.DERHash)
		if err != nil {
			return fmt.Errorf("%s record %d: %w", name, i+1, err)
		}
		p.date = latest(p.date, r.day())
		p.certs = append(p.certs, h)
	}
	b.preloads = p
	return nil
}

func octets(text string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) == 0 {
		return nil, fmt.Errorf("%.40q is no base64", text)
	}
	return b, nil
}

func digest(text string) (h cert.Hash, err error) {
	b, err := octets(text)
	if err == nil && copy(h[:], b) != len(b) || len(b) != len(h) {
		err = fmt.Errorf("%.60q is no SHA-256", text)
	}
	return h, err
}
