package catalog

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/yamlfile"
)

func parsedLines(t *testing.T) map[string]*line {
	t.Helper()
	paths, err := filepath.Glob("lines/*.yaml")
	if err != nil || len(paths) < 13 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	lines := make(map[string]*line)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		l, err := parseLine(data)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		lines[path] = l
	}
	return lines
}

var update = flag.Bool("update", false, "write data/lines.json anew")

// What the program has of the files is what they say.
func TestLinesAreCurrent(t *testing.T) {
	var files []lineFile
	for _, path := range slices.Sorted(maps.Keys(parsedLines(t))) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var f lineFile
		if _, wrong := yamlfile.Read(data, &f); wrong != nil {
			t.Fatal(wrong)
		}
		files = append(files, f)
	}
	want, err := json.Marshal(files)
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile("data/lines.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(want, linesFile) {
		t.Error("data/lines.json is not what lines/*.yaml say: run go generate ./rules/catalog")
	}
}

// Every key, name, day and hash in the catalogue is what the facts say.
func TestTheCatalogueAgreesWithTheFacts(t *testing.T) {
	facts := Embedded()
	for path, l := range parsedLines(t) {
		for _, c := range l.cas {
			if c.key == (cert.Hash{}) {
				fits := false
				for _, k := range facts.All() {
					fits = fits || c.fits(strings.ToLower(k.Cert.Subject.Text))
				}
				if !fits {
					t.Errorf("%s: %s: no known CA has such a name", path, c.id)
				}
				continue
			}
			listed := make(map[cert.Hash]Listed)
			for _, x := range c.certs {
				listed[x.SHA256] = x
			}
			known := facts.CAs().BySPKI(c.key)
			if len(known) == 0 {
				t.Errorf("%s: %s: no known certificate has this key", path, c.id)
			}
			for _, k := range known {
				if k.SKI != nil && string(k.SKI) != string(c.keyID) {
					t.Errorf("%s: %s: key identifier is %x", path, c.id, k.SKI)
				}
				if !c.fits(strings.ToLower(k.Subject.Text)) {
					t.Errorf("%s: %s: subject is %s", path, c.id, k.Subject.Text)
				}
				x, ok := listed[k.SHA256]
				if ok == (k.SignedBy == k.Key.SPKI) {
					t.Errorf("%s: %s: %s: listed %v, and self-signed ones are not", path, c.id, k.SHA256, ok)
				}
				if !ok {
					continue
				}
				delete(listed, k.SHA256)
				if x.From.Format(time.DateOnly) != k.NotBefore.UTC().Format(time.DateOnly) || x.Until.Format(time.DateOnly) != k.NotAfter.UTC().Format(time.DateOnly) {
					t.Errorf("%s: %s: validity is %s to %s", path, k.SHA256, k.NotBefore, k.NotAfter)
				}
				if x.Hash != k.SignatureAlg.Hash.String() {
					t.Errorf("%s: %s: signed by %s", path, k.SHA256, k.SignatureAlg.Hash)
				}
				if x.SignedBy != (cert.Hash{}) && x.SignedBy != k.SignedBy {
					t.Errorf("%s: %s: signed by another key", path, k.SHA256)
				}
			}
			for sha := range listed {
				t.Errorf("%s: %s: %s is not known as a certificate of this key", path, c.id, sha)
			}
		}
	}
}

// Each place in a product's chain has a certificate that can stand there.
func TestEveryNeedCanBeFilled(t *testing.T) {
	for path, l := range parsedLines(t) {
		for _, p := range l.products {
			for _, i := range p.Issuers {
				leaf := &cert.Certificate{AKI: i.ca.keyID, Issuer: cert.Name{Text: i.ca.subjects[0]}}
				for _, n := range newProducts([]*line{l}).recognised(leaf, i.ca, p, i).Needs {
					if n.Key != (cert.Hash{}) && len(n.Certs) == 0 && i.ca.id != "ev-g1" {
						t.Errorf("%s: %s, issued by %s: nothing fits the place of %s", path, p.Name.value, i.ca.id, n.Subject)
					}
				}
			}
		}
	}
}

// leafOf describes a leaf as far as products are recognised by it.
func leafOf(issuer, keyID, date string, hash crypto.Hash) *cert.Certificate {
	at, err := time.Parse(time.RFC3339, date)
	if err != nil {
		panic(err)
	}
	aki, _ := hex.DecodeString(keyID)
	return &cert.Certificate{
		Issuer: cert.Name{Text: "CN=" + issuer + `,O=Cybertrust Japan Co.\, Ltd.,C=JP`},
		AKI:    aki, NotBefore: at, SignatureAlg: cert.SignatureAlg{Hash: hash},
	}
}

const (
	g2Name, g2Key = "Cybertrust Japan Public CA G2", "1be48def3a716b126568cfb691bc3943018d75c9"
	g3Name, g3Key = "Cybertrust Japan Public CA G3", "73a8085329b815fb9980e5c537d8f8397ba41306"
	evName, evKey = "Cybertrust Japan EV CA G2", "914305ecb46a154fdce1ee86565c11d02a2b8d5f"
)

func TestRecogniseSureServer(t *testing.T) {
	for _, c := range []struct {
		leaf     *cert.Certificate
		name     string
		needs    string // common names, and "?" for an optional one
		mismatch bool
	}{
		{leafOf(g3Name, g3Key, "2013-08-02T21:00:00+09:00", crypto.SHA1), "SureServer [2048bit]", "Public CA G3, Baltimore CyberTrust Root?", false},
		{leafOf(g2Name, g2Key, "2013-08-02T20:59:59+09:00", crypto.SHA1), "SureServer [2048bit]", "Public CA G2, Baltimore CyberTrust Root?", false},
		// The key identifier decides, whatever the date says.
		{leafOf(g3Name, g3Key, "2013-08-02T20:59:59+09:00", crypto.SHA1), "SureServer [2048bit]", "Public CA G3, Baltimore CyberTrust Root?", true},
		{leafOf(g2Name, g2Key, "2013-08-02T12:00:00Z", crypto.SHA1), "SureServer [2048bit]", "Public CA G2, Baltimore CyberTrust Root?", true},
		{leafOf(g2Name, g3Key, "2014-01-01T00:00:00Z", crypto.SHA1), "SureServer [2048bit]", "Public CA G3, Baltimore CyberTrust Root?", true},
		// Without one, the issuer's name.
		{leafOf(g2Name, "", "2013-08-02T11:59:59Z", crypto.SHA1), "SureServer [2048bit]", "Public CA G2, Baltimore CyberTrust Root?", false},
		{leafOf(g3Name, "", "2013-08-02T12:00:00Z", crypto.SHA1), "SureServer [2048bit]", "Public CA G3, Baltimore CyberTrust Root?", false},
		{leafOf(evName, evKey, "2013-01-01T00:00:00Z", crypto.SHA1), "SureServer EV [2048bit]", "EV CA G2, Cybertrust Global Root, Baltimore CyberTrust Root", false},
		{leafOf(g3Name, g3Key, "2015-01-01T00:00:00Z", crypto.SHA256), "SureServer [SHA-2]", "Public CA G3", false},
		{leafOf(evName, evKey, "2015-01-01T00:00:00Z", crypto.SHA256), "SureServer EV [SHA-2]", "EV CA G2, Cybertrust Global Root", false},
		{leafOf("Cybertrust Japan SureServer CA G4", "62a7d2dade85b692f185bcf6e8959d75a0fa4e1f", "2024-01-01T00:00:00Z", crypto.SHA256), "SureServer", "SureServer CA G4", false},
		// The right name and a key that nobody knows: not the product.
		{leafOf(g3Name, "00112233", "2015-01-01T00:00:00Z", crypto.SHA256), "", "", false},
		{leafOf("Cybertrust Japan Public CA G9", "", "2015-01-01T00:00:00Z", crypto.SHA256), "", "", false},
	} {
		got, ok := EmbeddedProducts().Recognise(c.leaf)
		if ok != (c.name != "") || got.Name != c.name || (got.Mismatch != "") != c.mismatch {
			t.Errorf("%s, %s: product %q, mismatch %q", c.leaf.Issuer.Text, c.leaf.NotBefore, got.Name, got.Mismatch)
			continue
		}
		var needs []string
		for _, n := range got.Needs {
			cn, _, _ := strings.Cut(strings.TrimPrefix(n.Subject, "CN="), ",")
			cn = strings.TrimPrefix(cn, "Cybertrust Japan ")
			if n.Optional {
				cn += "?"
			}
			needs = append(needs, cn)
		}
		if strings.Join(needs, ", ") != c.needs {
			t.Errorf("%s: needs %s, want %s", c.name, strings.Join(needs, ", "), c.needs)
		}
	}
}

func TestTheHashOfALeafDecidesTheHashAboveIt(t *testing.T) {
	for hash, want := range map[crypto.Hash]string{crypto.SHA1: "c39c3f61", crypto.SHA256: "cfb93c1b"} {
		got, _ := EmbeddedProducts().Recognise(leafOf(g3Name, g3Key, "2015-01-01T00:00:00Z", hash))
		c, ok := got.Needs[0].At(time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC))
		if !ok || !strings.HasPrefix(c.SHA256.String(), want) {
			t.Errorf("%s: %s", hash, c.SHA256)
		}
	}
	// There is no SHA-256 certificate of G3 before 2014-02-27.
	got, _ := EmbeddedProducts().Recognise(leafOf(g3Name, g3Key, "2014-01-01T00:00:00Z", crypto.SHA256))
	if c, ok := got.Needs[0].At(time.Date(2014, 2, 26, 23, 0, 0, 0, time.UTC)); ok {
		t.Errorf("%s was not there yet", c.SHA256)
	}
}

func factNamed(t *testing.T, prefix string) *cert.Certificate {
	t.Helper()
	for _, k := range Embedded().All() {
		if strings.HasPrefix(k.Cert.SHA256.String(), prefix) {
			return k.Cert
		}
	}
	t.Fatalf("no fact %s", prefix)
	return nil
}

func TestSupersededAndSameLine(t *testing.T) {
	p := EmbeddedProducts()
	old := factNamed(t, "5edd31887b72") // Public CA G3, SHA-1, 2013
	if newer, ok := p.Superseded(old, time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)); !ok || !strings.HasPrefix(newer.SHA256.String(), "c39c3f61") {
		t.Errorf("superseded by %s, %v", newer.SHA256, ok)
	}
	if _, ok := p.Superseded(old, time.Date(2013, 10, 1, 0, 0, 0, 0, time.UTC)); ok {
		t.Error("superseded before there was a successor")
	}
	g2, g3, ev, root := factNamed(t, "00dcf6e020ab"), old, factNamed(t, "8917fccc5042"), factNamed(t, "16af57a9f676")
	r3, r10, we1 := factNamed(t, "67add1166b02"), factNamed(t, "9d7c3f1aa6ad"), factNamed(t, "1dfc1605fbad")
	for _, c := range []struct {
		a, b *cert.Certificate
		want bool
	}{{g2, g3, true}, {g3, g2, true}, {ev, g3, true}, {r3, r10, true}, {g3, g3, false}, {g2, root, false}, {root, g2, false}, {r3, we1, false}, {g2, r3, false}} {
		if p.SameLine(c.a, c.b) != c.want {
			t.Errorf("%s and %s: %v", c.a.Subject.Common, c.b.Subject.Common, !c.want)
		}
	}
}
