package cert

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// A stapled response carries the list as an extension of its single response.
func TestStapledSCTs(t *testing.T) {
	at := time.Date(2026, 9, 20, 12, 0, 0, 0, time.UTC)
	sct := append(make([]byte, 33), binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli()))...)
	sct = append(sct, 0, 0)
	list := binary.BigEndian.AppendUint16(nil, uint16(len(sct)+2))
	list = append(binary.BigEndian.AppendUint16(list, uint16(len(sct))), sct...)
	value, err := asn1.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA"}, PublicKey: key.Public(), RawSubject: []byte{0x30, 0}}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	staple, err := ocsp.CreateResponse(issuer, issuer, ocsp.Response{
		Status: ocsp.Good, SerialNumber: big.NewInt(2), ThisUpdate: at, IssuerHash: crypto.SHA1,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 5}, Value: value}},
	}, key)
	if err != nil {
		t.Fatal(err)
	}
	if got := StapledSCTs(staple); len(got) != 1 || !got[0].Equal(at) {
		t.Errorf("%v, want %v", got, at)
	}
	for _, junk := range [][]byte{nil, {0x30}, staple[:len(staple)/2]} {
		if got := StapledSCTs(junk); got != nil {
			t.Errorf("%d bytes of junk have %v", len(junk), got)
		}
	}
}
