package build

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
)

// maxFile bounds one input file: ten times CCADB's largest year.
const maxFile = 64 << 20

// readDir reads everything in a directory that it recognises: CCADB's reports
// (*.csv with their header), certificates (*.pem, *.crt, *.cer), stores.tsv, the
// tables of trust.go, and what vendors publish, by their names.
// It is an error if there is nothing of that kind.
func (b *builder) readDir(fsys fs.FS) error {
	found := false
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		read := b.reader(name)
		if read == nil || b.wants != nil && !b.wants(name) {
			return nil
		}
		found = true
		f, err := fsys.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		return read(name, f)
	})
	if err != nil {
		return fmt.Errorf("reading certificates: %w", err)
	}
	if !found {
		return errors.New("reading certificates: found no CCADB report (*.csv), no certificate (*.pem, *.crt, *.cer) and no stores.tsv")
	}
	b.markIntermediates()
	return nil
}

func (b *builder) reader(name string) func(string, io.Reader) error {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv":
		return b.readCCADB
	case ".pem", ".crt", ".cer", ".certs":
		return b.readCertificates
	case ".deb":
		if strings.HasPrefix(path.Base(name), "ca-certificates_") {
			return b.readDebianPackage
		}
	case ".textproto", ".txt", ".json":
		return map[string]func(string, io.Reader) error{
			"root_store.textproto": b.readChromeProto,
			"certdata.txt":         b.readCertdata,
			"onecrl.json":          b.readOneCRLRecords,
			"intermediates.json":   b.readPreloadRecords,
		}[path.Base(name)]
	case ".tsv":
		return map[string]func(string, io.Reader) error{
			"stores.tsv":                          b.readStores,
			"chrome-root-store.tsv":               b.readChromeStore,
			"mozilla-root-store.tsv":              b.readMozillaStore,
			"debian-ca-certificates.tsv":          b.readPlainStore,
			"mozilla-onecrl.tsv":                  b.readOneCRL,
			"firefox-preloaded-intermediates.tsv": b.readPreloads,
			"anchor-constraints.tsv":              b.readConstraints,
			"revoked-keys.tsv":                    b.readRevokedKeys,
		}[path.Base(name)]
	}
	return nil
}

func slurp(name string, r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s: more than %d MB", name, maxFile>>20)
	}
	return data, nil
}

// readCCADB reads one of CCADB's public reports "AllCertificatePEMsCSVFormat".
// Every certificate must have the fingerprint that the report gives it.
func (b *builder) readCCADB(name string, r io.Reader) error {
	data, err := slurp(name, r)
	if err != nil {
		return err
	}
	in := csv.NewReader(bytes.NewReader(data))
	header, err := in.Read()
	if err != nil {
		return fmt.Errorf("%s: reading the header: %w", name, err)
	}
	column := func(part string) int {
		return slices.IndexFunc(header, func(h string) bool { return strings.Contains(h, part) })
	}
	fingerprint, text := column("SHA-256 Fingerprint"), column("PEM")
	if fingerprint < 0 || text < 0 {
		return fmt.Errorf(`%s: the header has no "SHA-256 Fingerprint" and "X.509 Certificate (PEM)": is this CCADB's report AllCertificatePEMsCSVFormat?`, name)
	}
	src := b.From(name)
	b.reported.begin(name)
	for {
		row, err := in.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		line, _ := in.FieldPos(0)
		block, _ := pem.Decode([]byte(strings.Trim(row[text], "'"))) // some reports quote it
		if block == nil {
			return fmt.Errorf("%s line %d: no PEM certificate", name, line)
		}
		if err := sameHash(row[fingerprint], block.Bytes); err != nil {
			return fmt.Errorf("%s line %d: %w", name, line, err)
		}
		b.add(block.Bytes, src, fmt.Sprintf("%s line %d", name, line))
		b.reported.certs[sha256.Sum256(block.Bytes)] = true
	}
}

func sameHash(text string, der []byte) error {
	said, err := parseHash(text)
	if err != nil {
		return err
	}
	if real := cert.Hash(sha256.Sum256(der)); said != real {
		return fmt.Errorf("the fingerprint is given as %s, but the certificate has %s", said, real)
	}
	return nil
}

func parseHash(text string) (h cert.Hash, err error) {
	clean := strings.ReplaceAll(text, ":", "")
	if n, err := hex.Decode(h[:], []byte(clean[:min(len(clean), 2*len(h))])); err != nil || n != len(h) || len(clean) != 2*n {
		return h, fmt.Errorf("%.80q is no SHA-256 fingerprint: 64 hexadecimal digits", text)
	}
	return h, nil
}

// readCertificates reads certificates in PEM, any number of them, or one in DER.
func (b *builder) readCertificates(name string, r io.Reader) error {
	data, err := slurp(name, r)
	if err != nil {
		return err
	}
	src := b.From(name)
	if len(data) > 0 && data[0] == 0x30 {
		b.add(data, src, name)
		return nil
	}
	count := 0
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		switch block.Type {
		case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
			count++
			b.add(block.Bytes, src, fmt.Sprintf("%s certificate %d", name, count))
		}
	}
	if count == 0 {
		return fmt.Errorf("%s: no certificate in it", name)
	}
	return nil
}

// readStores reads a tab-separated list of the members of trust stores, with the
// header "store, client, version, date, root_sha256". The anchors themselves
// must be read too, before Facts.
func (b *builder) readStores(name string, r io.Reader) error {
	data, err := slurp(name, r)
	if err != nil {
		return err
	}
	const header = "store\tclient\tversion\tdate\troot_sha256"
	read := make(map[string]*list)
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSuffix(lines.Text(), "\r")
		place := fmt.Sprintf("%s line %d", name, n)
		if n == 1 {
			if text != header {
				return fmt.Errorf("%s: the header must be %q", place, header)
			}
			continue
		}
		if text == "" {
			continue
		}
		field := strings.Split(text, "\t")
		if len(field) != 5 {
			return fmt.Errorf("%s: %d fields, want 5 separated by tabs", place, len(field))
		}
		date, err := parseDate(field[3])
		if err != nil {
			return fmt.Errorf("%s: %w", place, err)
		}
		root, err := parseHash(field[4])
		if err != nil {
			return fmt.Errorf("%s: %w", place, err)
		}
		l := read[field[0]]
		if l == nil {
			l = &list{place: place, Store: catalog.Store{ID: field[0], Client: field[1], Version: field[2], Date: date}}
			if b.StoreFrom != nil {
				l.Source = b.StoreFrom(l.Client, l.Version)
			}
			read[field[0]] = l
			b.setStore(l)
		}
		if l.Client != field[1] || l.Version != field[2] || !l.Date.Equal(date) {
			return fmt.Errorf("%s: client, version or date of store %s differ from %s", place, l.ID, l.place)
		}
		l.anchors = append(l.anchors, root)
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (b *builder) setStore(l *list) {
	for i, old := range b.store {
		if old.ID == l.ID {
			b.store[i] = l
			return
		}
	}
	b.store = append(b.store, l)
}

// parseDate reads a day, a month or a year; it counts from its first day.
func parseDate(text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%.40q is no date: type 2026-07-05, 2026-07 or 2026", text)
}
