package revocation

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"math/big"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

func parse(t testing.TB, c *tlstest.Cert) *cert.Certificate {
	t.Helper()
	x, err := cert.Parse(c.DER)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// listOf makes a CRL of an issuer that lists one certificate.
func listOf(t testing.TB, issuer *tlstest.Cert, listed *cert.Certificate, change func(*x509.RevocationList)) []byte {
	t.Helper()
	now := tlstest.Now()
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now.AddDate(0, 0, -1), NextUpdate: now.AddDate(0, 0, 6)}
	if listed != nil {
		list.RevokedCertificateEntries = []x509.RevocationListEntry{
			{SerialNumber: new(big.Int).SetBytes(listed.Serial), RevocationTime: now.AddDate(0, -1, 0), ReasonCode: 4}}
	}
	if change != nil {
		change(list)
	}
	by, err := x509.ParseCertificate(issuer.DER)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateRevocationList(nil, list, by, issuer.Key.Signer)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func extension(t testing.TB, oid asn1.ObjectIdentifier, critical bool, value any) func(*x509.RevocationList) {
	der, err := asn1.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return func(l *x509.RevocationList) {
		l.ExtraExtensions = append(l.ExtraExtensions, pkix.Extension{Id: oid, Critical: critical, Value: der})
	}
}

var (
	deltaOID = asn1.ObjectIdentifier{2, 5, 29, 27}
	pointOID = asn1.ObjectIdentifier{2, 5, 29, 28}
)

// point is an issuing distribution point.
type point struct {
	Name struct {
		Full []asn1.RawValue `asn1:"optional,tag:0"`
	} `asn1:"optional,tag:0"`
	Leaves      bool           `asn1:"optional,tag:1"`
	CAs         bool           `asn1:"optional,tag:2"`
	SomeReasons asn1.BitString `asn1:"optional,tag:3"`
	Indirect    bool           `asn1:"optional,tag:4"`
}

// A list that is for many parts, or for one with an endless name, is refused: each
// was compared with each URL of a certificate, and kept.
func TestListsForManyParts(t *testing.T) {
	mk := tlstest.For(t)
	i := mk.Intermediate("I", mk.Root("R"))
	for what, urls := range map[string][]string{
		"many": slices.Repeat([]string{"http://ca.example/1.crl"}, 1000), "long": {"http://ca.example/" + strings.Repeat("x", 1<<20)},
	} {
		var p point
		for _, url := range urls {
			p.Name.Full = append(p.Name.Full, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 6, Bytes: []byte(url)})
		}
		if _, err := ParseList(listOf(t, i, nil, extension(t, pointOID, true, p)), parse(t, i).Key); err == nil {
			t.Errorf("%s: it is read", what)
		}
	}
}

func TestWhatAListSays(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	i := mk.Intermediate("I", root)
	leaf := mk.Leaf("L", i, func(c *tlstest.Template) { c.CRLDistributionPoints = []string{"http://ca.example/1.crl"} })
	l, issuer := parse(t, leaf), parse(t, i)
	now := tlstest.Now()
	partOf := func(url string) point {
		var p point
		p.Name.Full = []asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 6, Bytes: []byte(url)}}
		return p
	}
	signsNone := mk.Intermediate("N", root, func(c *tlstest.Template) { c.KeyUsage = x509.KeyUsageCertSign })
	for _, x := range []struct {
		name   string
		der    []byte
		status Status
		fault  string
	}{
		{"listed", listOf(t, i, l, nil), Revoked, ""},
		{"not listed", listOf(t, i, nil, nil), Good, ""},
		{"listed, out of date", listOf(t, i, l, func(r *x509.RevocationList) { r.NextUpdate = now.Add(-time.Hour) }), Revoked, ""},
		{"out of date", listOf(t, i, nil, func(r *x509.RevocationList) { r.NextUpdate = now.Add(-time.Hour) }), NotJudged, "out of date"},
		{"later", listOf(t, i, nil, func(r *x509.RevocationList) { r.ThisUpdate = now.Add(time.Hour) }), NotJudged, "later time"},
		{"revoked later", listOf(t, i, l, func(r *x509.RevocationList) {
			r.RevokedCertificateEntries[0].RevocationTime = now.Add(time.Hour)
		}), Good, ""},
		{"of another issuer", listOf(t, root, nil, nil), NotJudged, "another issuer"},
		{"signed by another of that name", listOf(t, mk.Intermediate("I", mk.Root("S"), func(c *tlstest.Template) {
			c.Key, _ = tlstest.NewKey("another", "p256")
		}), nil, nil), NotJudged, "not signed"},
		{"delta", listOf(t, i, nil, extension(t, deltaOID, true, 1)), NotJudged, "delta"},
		{"indirect", listOf(t, i, nil, extension(t, pointOID, true, point{Indirect: true})), NotJudged, "indirect"},
		{"of CAs", listOf(t, i, nil, extension(t, pointOID, true, point{CAs: true})), NotJudged, "another kind"},
		{"of leaves", listOf(t, i, nil, extension(t, pointOID, true, point{Leaves: true})), Good, ""},
		{"the certificate's part", listOf(t, i, l, extension(t, pointOID, true, partOf("http://ca.example/1.crl"))), Revoked, ""},
		{"another part", listOf(t, i, l, extension(t, pointOID, true, partOf("http://ca.example/2.crl"))), NotJudged, "other certificates"},
		{"some reasons", listOf(t, i, nil, extension(t, pointOID, true, point{SomeReasons: asn1.BitString{Bytes: []byte{0x40}, BitLength: 2}})), NotJudged, "some of the reasons"},
		{"an unknown extension", listOf(t, i, nil, extension(t, asn1.ObjectIdentifier{1, 2, 3}, true, 1)), NotJudged, "1.2.3"},
		{"one that matters not", listOf(t, i, nil, extension(t, asn1.ObjectIdentifier{1, 2, 3}, false, 1)), Good, ""},
	} {
		list, err := ParseList(x.der, issuer.Key)
		if err != nil {
			t.Errorf("%s: %v", x.name, err)
			continue
		}
		a := list.Judge(l, issuer, now)
		if a.Status != x.status || !strings.Contains(a.Fault, x.fault) || (a.Fault == "") != (x.fault == "") {
			t.Errorf("%s: %s %q, want %s %q", x.name, a.Status, a.Fault, x.status, x.fault)
		}
		if a.Status == Revoked && (a.Reason != "superseded" || !a.RevokedAt.Equal(now.AddDate(0, -1, 0))) {
			t.Errorf("%s: %+v", x.name, a)
		}
	}
	silent := parse(t, signsNone)
	list, err := ParseList(listOf(t, i, nil, nil), issuer.Key)
	if err != nil {
		t.Fatal(err)
	}
	if a := list.Judge(l, silent, now); a.Status != NotJudged || !strings.Contains(a.Fault, "not for signing CRLs") {
		t.Errorf("an issuer that may not sign CRLs: %+v", a)
	}
}

// million is a CRL of a million certificates, whose signature is none.
func million() []byte {
	var b cryptobyte.Builder
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	alg := func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2})
		})
	}
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			alg(b)
			b.AddASN1(cbasn1.SEQUENCE, func(*cryptobyte.Builder) {})
			b.AddASN1UTCTime(at)
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				for i := range 1_000_000 {
					b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
						b.AddASN1(cbasn1.INTEGER, func(b *cryptobyte.Builder) {
							b.AddUint64(1)
							b.AddUint64(uint64(i))
						})
						b.AddASN1UTCTime(at)
					})
				}
			})
		})
		alg(b)
		b.AddASN1BitString(make([]byte, 70))
	})
	return b.BytesOrPanic()
}

// TestAMillionEntries: what is kept of a CRL is 20 bytes for each certificate in
// it, and reading it takes not much more.
func TestAMillionEntries(t *testing.T) {
	der := million()
	key := parse(t, tlstest.For(t).Root("R")).Key
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	list, err := ParseList(der, key)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if list.Len() != 1_000_000 || list.Size() > 21<<20 {
		t.Errorf("%d entries in %d bytes", list.Len(), list.Size())
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 64<<20 {
		t.Errorf("reading %d bytes made %d", len(der), n)
	}
	serial := binary.BigEndian.AppendUint64([]byte{0, 0, 0, 0, 0, 0, 0, 1}, 777_777)
	if _, listed := list.find(serial); !listed {
		t.Error("a listed certificate is not found")
	}
	if _, listed := list.find(binary.BigEndian.AppendUint64([]byte{0, 0, 0, 0, 0, 0, 0, 1}, 1_000_000)); listed {
		t.Error("one is found that is not listed")
	}
}

func FuzzParseList(f *testing.F) {
	i, err := tlstest.Root("R")
	if err != nil {
		f.Fatal(err)
	}
	leaf := parse(f, i)
	f.Add(listOf(f, i, leaf, extension(f, pointOID, true, point{CAs: true})))
	f.Add([]byte("-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n"))
	f.Fuzz(func(t *testing.T, der []byte) {
		if list, err := ParseList(der, leaf.Key); err == nil {
			list.Judge(leaf, leaf, tlstest.Now())
		}
	})
}
