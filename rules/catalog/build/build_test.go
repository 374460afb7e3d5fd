package build

import (
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

func here(string) catalog.Source { return catalog.Source{Name: "test", Date: "2026"} }

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// report writes certificates as CCADB does.
func report(certs ...*tlstest.Cert) *fstest.MapFile {
	var s strings.Builder
	s.WriteString("SHA-256 Fingerprint,X.509 Certificate (PEM)\n")
	for _, c := range certs {
		fmt.Fprintf(&s, "%s,\"%s\"\n", strings.ToUpper(cert.Hash(sha256.Sum256(c.DER)).String()), strings.TrimSpace(string(c.PEM())))
	}
	return file(s.String())
}

// membership writes stores.tsv.
func membership(store, date string, certs ...*tlstest.Cert) *fstest.MapFile {
	s := "store\tclient\tversion\tdate\troot_sha256\n"
	for _, c := range certs {
		s += fmt.Sprintf("%s\ttoy\t1\t%s\t%s\n", store, date, cert.Hash(sha256.Sum256(c.DER)))
	}
	return file(s)
}

func made(t testing.TB, base *catalog.Facts, fsys fstest.MapFS) *catalog.Facts {
	t.Helper()
	b := newBuilder(base, here)
	if err := b.readDir(fsys); err != nil {
		t.Fatal(err)
	}
	f, err := b.makeFacts(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFactsOfADirectory(t *testing.T) {
	ca := tlstest.For(t)
	root := ca.Root("Root")
	old := ca.Root("Old Root")
	middle := ca.Intermediate("CA", root)
	cross := ca.Cross("Root by Old", root, old)
	lie := ca.Intermediate("Lie", root, func(t *tlstest.Template) { t.SignedBy = old.Key })
	mail := ca.Intermediate("Mail CA", root, func(t *tlstest.Template) { t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} })
	mailRoot := ca.Root("Mail Root", func(t *tlstest.Template) { t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} })
	leaf := ca.Leaf("www.example.org", middle)

	f := made(t, nil, fstest.MapFS{
		"ccadb/2025.csv": report(root, middle, lie, mail),
		"ccadb/2026.csv": report(cross, middle),
		"more/leaf.pem":  file(string(leaf.PEM())),
		"roots.pem":      file("# a comment\n" + string(old.PEM()) + string(mailRoot.PEM())),
		"old.cer":        {Data: old.DER},
		"stores.tsv":     membership("toy-1", "2026", mailRoot, old),
		"README.md":      file("not read"),
	})
	for _, want := range []struct {
		cert   *tlstest.Cert
		signer *tlstest.Cert // nil: none that we can prove
		known  bool
	}{
		{root, root, true}, {old, old, true}, {middle, root, true}, {cross, old, true},
		{lie, nil, true},           // its issuer's name is Root's, its signature is not
		{mail, nil, false},         // cannot serve TLS
		{mailRoot, mailRoot, true}, // cannot either, but a store holds it
		{leaf, nil, false},
	} {
		k, ok := f.Find(sha256.Sum256(want.cert.DER))
		if ok != want.known {
			t.Errorf("%s: known is %v, want %v", want.cert.Label, ok, want.known)
		}
		if !ok {
			continue
		}
		var signer cert.Hash
		if want.signer != nil {
			signer = spki(t, want.signer)
		}
		if k.Cert.SignedBy != signer {
			t.Errorf("%s: signed by %s, want %s", want.cert.Label, k.Cert.SignedBy, signer)
		}
		if k.Cert.Raw != nil {
			t.Errorf("%s: the facts hold its bytes", want.cert.Label)
		}
	}
	if len(f.All()) != 6 {
		t.Errorf("%d certificates, want 6: each once", len(f.All()))
	}
	s, ok := f.Store("toy-1")
	if !ok {
		t.Fatal("no store toy-1")
	}
	if a := s.Anchors.All(); len(a) != 2 || a[0].SHA256 != sha256.Sum256(mailRoot.DER) || a[1].SHA256 != sha256.Sum256(old.DER) {
		t.Errorf("toy-1 has %d anchors, want Mail Root and Old Root in the file's order", len(a))
	}
}

func spki(t *testing.T, c *tlstest.Cert) cert.Hash {
	t.Helper()
	parsed, err := cert.Parse(c.DER)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Key.SPKI
}

// An update adds to what is known, and replaces the stores it names.
func TestUpdate(t *testing.T) {
	ca := tlstest.For(t)
	a, b, c := ca.Root("A"), ca.Root("B"), ca.Root("C")
	renewed := ca.Copy("A renewed", a, func(t *tlstest.Template) { t.NotAfter = t.NotAfter.AddDate(5, 0, 0) })
	middle := ca.Intermediate("M", a)

	before := made(t, nil, fstest.MapFS{"2026.csv": report(a, b), "stores.tsv": membership("toy-1", "2025", a, b)})
	after := made(t, before, fstest.MapFS{"2027.csv": report(c, renewed, middle), "stores.tsv": membership("toy-1", "2026", renewed, c)})

	k, _ := after.Find(sha256.Sum256(middle.DER))
	if k.Cert == nil || k.Cert.SignedBy != spki(t, a) {
		t.Error("the new certificate's signer, known by facts only, was not found")
	}
	if _, ok := after.Find(sha256.Sum256(b.DER)); !ok {
		t.Error("the update forgot a certificate")
	}
	s, _ := after.Store("toy-1")
	if s.Date.Year() != 2026 || len(s.Anchors.All()) != 2 {
		t.Errorf("toy-1 is of %s with %d anchors, want 2026 with 2", s.Date, len(s.Anchors.All()))
	}

	changes := Compare(before, after)
	if got := labels(changes.Added); got != "A C M" {
		t.Errorf("added %q, want A, C and M", got)
	}
	if len(changes.Removed) != 0 {
		t.Errorf("removed %q, want none", labels(changes.Removed))
	}
	if len(changes.Stores) != 1 || changes.Stores[0].ID != "toy-1" || changes.Stores[0].New || changes.Stores[0].Gone {
		t.Fatalf("stores that differ: %+v, want toy-1", changes.Stores)
	}
	// A's renewal has A's subject and key: nothing to tell.
	if in, out := labels(changes.Stores[0].Added), labels(changes.Stores[0].Removed); in != "C" || out != "B" {
		t.Errorf("toy-1: added %q, removed %q; want C and B", in, out)
	}
	if !Compare(after, after).Empty() {
		t.Error("facts differ from themselves")
	}
	back := Compare(after, &catalog.Facts{})
	if len(back.Removed) != len(after.All()) || len(back.Stores) != 1 || !back.Stores[0].Gone {
		t.Errorf("against nothing: %d removed, stores %+v", len(back.Removed), back.Stores)
	}
}

func labels(certs []*cert.Certificate) string {
	var s []string
	for _, c := range certs {
		s = append(s, strings.TrimPrefix(c.Subject.Common, "Example CA "))
	}
	return strings.Join(s, " ")
}

// Wrong input is an error that names place and fault.
func TestErrorsNameThePlace(t *testing.T) {
	ca := tlstest.For(t)
	root, other := ca.Root("Root"), ca.Root("Other")
	swapped := strings.Replace(string(report(root).Data), strings.ToUpper(cert.Hash(sha256.Sum256(root.DER)).String()), cert.Hash(sha256.Sum256(other.DER)).String(), 1)
	const header = "store\tclient\tversion\tdate\troot_sha256\n"
	hash := cert.Hash(sha256.Sum256(root.DER)).String()
	for _, c := range []struct {
		name string
		fsys fstest.MapFS
		want string
	}{
		{"nothing", fstest.MapFS{"README.md": file("x")}, "found no CCADB report"},
		{"other csv", fstest.MapFS{"a.csv": file("host,port\n")}, "AllCertificatePEMsCSVFormat"},
		{"empty csv", fstest.MapFS{"a.csv": file("")}, "a.csv: reading the header"},
		{"wrong fingerprint", fstest.MapFS{"a.csv": file(swapped)}, "a.csv line 2: the fingerprint is given as " + cert.Hash(sha256.Sum256(other.DER)).String()},
		{"no fingerprint", fstest.MapFS{"a.csv": file("SHA-256 Fingerprint,PEM\nabc,\"" + string(root.PEM()) + "\"\n")}, `a.csv line 2: "abc" is no SHA-256 fingerprint`},
		{"no PEM", fstest.MapFS{"a.csv": file("SHA-256 Fingerprint,PEM\nabc,def\n")}, "a.csv line 2: no PEM certificate"},
		{"cut csv", fstest.MapFS{"a.csv": file("SHA-256 Fingerprint,PEM\nabc,\"def\n")}, "a.csv: "},
		{"empty pem", fstest.MapFS{"a.pem": file("-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n")}, "a.pem: no certificate in it"},
		{"stores header", fstest.MapFS{"stores.tsv": file("a\tb\n")}, "stores.tsv line 1: the header must be"},
		{"stores fields", fstest.MapFS{"stores.tsv": file(header + "a\tb\n")}, "stores.tsv line 2: 2 fields, want 5"},
		{"stores date", fstest.MapFS{"stores.tsv": file(header + "s\tc\t1\tMay 2026\t" + hash + "\n")}, `stores.tsv line 2: "May 2026" is no date`},
		{"stores hash", fstest.MapFS{"stores.tsv": file(header + "s\tc\t1\t2026\t12\n")}, `line 2: "12" is no SHA-256 fingerprint`},
		{"stores at odds", fstest.MapFS{"stores.tsv": file(header + "s\tc\t1\t2026\t" + hash + "\ns\tc\t2\t2026\t" + hash + "\n")}, "line 3: client, version or date of store s differ from stores.tsv line 2"},
		{"no such root", fstest.MapFS{"a.csv": report(other), "stores.tsv": file(header + "s\tc\t1\t2026\t" + hash + "\n")}, "store s holds " + hash + ", but no file has that certificate"},
	} {
		b := newBuilder(nil, here)
		err := b.readDir(c.fsys)
		if err == nil {
			_, err = b.makeFacts(time.Time{})
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}

// A certificate that cannot be read is left out and told, not fatal: CCADB's
// next odd one must not stop an update.
func TestUnreadableCertificatesAreSkipped(t *testing.T) {
	root := tlstest.For(t).Root("Root")
	b := newBuilder(nil, here)
	err := b.readDir(fstest.MapFS{"a.pem": file(string(root.PEM()) + "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n")})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Skipped) != 1 || !strings.HasPrefix(b.Skipped[0], "a.pem certificate 2: ") {
		t.Errorf("skipped %q, want the second certificate of a.pem", b.Skipped)
	}
	f, err := b.makeFacts(time.Time{})
	if err != nil || len(f.All()) != 1 {
		t.Errorf("%d certificates and error %v, want one", len(f.All()), err)
	}
}
