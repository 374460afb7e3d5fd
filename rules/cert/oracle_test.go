package cert_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/csv"
	"encoding/pem"
	"math/big"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
)

// published gives all CA certificates that CCADB publishes, as DER.
func published(t *testing.T) (out [][]byte) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "data", "ccadb", "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("CCADB's reports are not beside the repository (../shared/data/ccadb)")
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			block, _ := pem.Decode([]byte(row[1]))
			if block == nil {
				t.Fatalf("%s: no PEM in the row of %s", name, row[0])
			}
			out = append(out, block.Bytes)
		}
	}
	return out
}

// What crypto/x509 reads, we read alike; what it refuses, we read too, and
// know why a strict client would not.
func TestParseAgreesWithCryptoX509(t *testing.T) {
	refused := make(map[string]int)
	for _, der := range published(t) {
		c, err := cert.Parse(der)
		if err != nil {
			t.Errorf("%x: %v", der[:8], err)
			continue
		}
		x, err := x509.ParseCertificate(der)
		if err != nil {
			if len(c.Deviations) == 0 {
				refused[err.Error()]++
			}
			continue
		}
		for _, fault := range differences(c, x) {
			t.Errorf("%s %s: %s", c.Subject.Text, c.SHA256, fault)
		}
	}
	// Refused by crypto/x509 for the inside of policies and name constraints,
	// which no other client looks at; we note no deviation.
	known := []string{"invalid certificate policies", "dnsName constraint", "rfc822Name constraint"}
	for why, n := range refused {
		if !slices.ContainsFunc(known, func(k string) bool { return strings.Contains(why, k) }) {
			t.Errorf("%d certificates have no deviation, but crypto/x509 says %q", n, why)
		}
	}
}

// differences compares every field that both views have.
func differences(c *cert.Certificate, x *x509.Certificate) (out []string) {
	check := func(ok bool, what string) {
		if !ok {
			out = append(out, what+" differs")
		}
	}
	serial := new(big.Int).SetBytes(c.Serial)
	if c.Serial[0]&0x80 != 0 {
		serial.Sub(serial, new(big.Int).Lsh(big.NewInt(1), uint(8*len(c.Serial))))
	}
	check(serial.Cmp(x.SerialNumber) == 0, "serial")
	check(bytes.Equal(c.TBS, x.RawTBSCertificate), "signed part")
	check(bytes.Equal(c.Signature, x.Signature), "signature")
	check(bytes.Equal(c.Subject.DER, x.RawSubject), "subject")
	check(bytes.Equal(c.Issuer.DER, x.RawIssuer), "issuer")
	check(bytes.Equal(c.Key.DER, x.RawSubjectPublicKeyInfo), "key")
	check(c.Version == x.Version, "version")
	check(c.NotBefore.Equal(x.NotBefore) && c.NotAfter.Equal(x.NotAfter), "validity")
	check(c.HasBasicConstraints == x.BasicConstraintsValid && c.IsCA == x.IsCA, "CA flag")
	if c.HasBasicConstraints && c.IsCA {
		check(c.MaxPathLen == x.MaxPathLen, "path length")
	}
	check(c.KeyUsage == cert.KeyUsage(x.KeyUsage&0x7f), "key usage")
	check(c.EKU == nil == (len(x.ExtKeyUsage)+len(x.UnknownExtKeyUsage) == 0), "presence of EKU")
	check(len(c.EKU) == len(x.ExtKeyUsage)+len(x.UnknownExtKeyUsage), "number of EKUs")
	check(slices.Contains(c.EKU, cert.ServerAuth) == slices.Contains(x.ExtKeyUsage, x509.ExtKeyUsageServerAuth), "serverAuth")
	check(bytes.Equal(c.SKI, x.SubjectKeyId), "SKI")
	check(bytes.Equal(c.AKI, x.AuthorityKeyId), "AKI")
	check(slices.Equal(c.DNSNames, x.DNSNames), "DNS names")
	check(slices.Equal(c.CAIssuers, x.IssuingCertificateURL), "AIA")
	var policies []string
	for _, p := range x.Policies {
		policies = append(policies, p.String())
	}
	check(slices.Equal(c.Policies, policies), "policies")
	var ips []netip.Addr
	for _, ip := range x.IPAddresses {
		a, _ := netip.AddrFromSlice(ip)
		ips = append(ips, a.Unmap())
	}
	check(slices.EqualFunc(c.IPs, ips, func(a, b netip.Addr) bool { return a.Unmap() == b }), "IP addresses")
	if c.NameConstraints != nil {
		check(slices.EqualFunc(c.NameConstraints.PermittedDNS, x.PermittedDNSDomains, strings.EqualFold), "permitted DNS names")
		check(slices.EqualFunc(c.NameConstraints.ExcludedDNS, x.ExcludedDNSDomains, strings.EqualFold), "excluded DNS names")
		check(len(c.NameConstraints.PermittedIP) == len(x.PermittedIPRanges), "permitted IP addresses")
		check(len(c.NameConstraints.ExcludedIP) == len(x.ExcludedIPRanges), "excluded IP addresses")
	} else {
		check(len(x.PermittedDNSDomains)+len(x.ExcludedDNSDomains)+len(x.PermittedIPRanges)+len(x.ExcludedIPRanges) == 0, "name constraints")
	}
	switch k := x.PublicKey.(type) {
	case *rsa.PublicKey:
		check(c.Key.Kind == cert.RSA && c.Key.N.Cmp(k.N) == 0 && c.Key.E.Int64() == int64(k.E) && c.Key.Bits == k.N.BitLen(), "RSA key")
	case *ecdsa.PublicKey:
		p, ok := c.Key.P.(*ecdsa.PublicKey)
		check(c.Key.Kind == cert.EC && ok && p.Equal(k) && c.Key.Curve == k.Curve.Params().Name && c.Key.Bits == k.Curve.Params().BitSize, "EC key")
	}
	weak := []x509.SignatureAlgorithm{x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1}
	check(slices.Contains(weak, x.SignatureAlgorithm) == c.SignatureAlg.Weak() || x.SignatureAlgorithm == x509.UnknownSignatureAlgorithm, "weakness of the signature")
	return out
}
