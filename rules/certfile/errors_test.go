package certfile_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strconv"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A damaged file must never be judged as if what is left were all of it.
func TestDamaged(t *testing.T) {
	h := newHierarchy(t)
	leaf, ca := string(h.leaf.PEM()), string(h.ca.PEM())
	lines := strings.Count(leaf, "\n")
	if lines < 10 {
		t.Fatalf("the leaf has %d lines", lines)
	}
	cut := ca[:strings.Index(ca, "-----END")]
	key := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8(t, h.leaf.Key.Signer)}))

	for name, c := range map[string]struct{ file, want string }{
		"not base64":        {leaf + strings.Replace(ca, "M", "*", 1), "block 2 (line " + num(lines+1) + "): line " + num(lines+2) + " is not base64 text"},
		"letters missing":   {leaf + ca[:60] + ca[61:], "block 2 (line " + num(lines+1) + "): the base64 text is damaged"},
		"cut off":           {leaf + cut, "block 2 (line " + num(lines+1) + ") has no -----END CERTIFICATE----- line: the file is cut off"},
		"END is missing":    {cut + leaf, "block 1 (line 1) has no -----END CERTIFICATE----- line before the next block begins on line "},
		"run together":      {strings.TrimSpace(leaf) + ca, "line " + num(lines) + ": two blocks run together"},
		"other END":         {strings.Replace(leaf, "END CERT", "END X509 CERT", 1), "another label"},
		"damaged BEGIN":     {strings.Replace(leaf, "CERTIFICATE-----\n", "CERTIFICATE----\n", 1), "block 1 (line 1) begins with a damaged line"},
		"key only":          {key, "it holds a private key but no certificate"},
		"request":           {"-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n", "a certificate request but no certificate"},
		"commented out":     {"# " + strings.ReplaceAll(leaf, "\n", "\n# "), "no PEM block that begins at the start of a line"},
		"long dashes":       {strings.ReplaceAll(leaf, "-----", "\u2014\u2014-"), "not five hyphens"},
		"invisible":         {leaf + strings.Replace(ca, "M", "\u200bM", 1), "has the character U+200B"},
		"UTF-16":            {"\xff\xfe-\x00-\x00", "UTF-16"},
		"empty":             {" \n", "it is empty"},
		"text":              {"hello\n", "this text is none of PEM"},
		"bytes":             {"\x30\x82\xff", "this is none of PEM"},
		"JCEKS":             {"\xce\xce\xce\xce\x00\x00\x00\x02", "keytool -importkeystore"},
		"JKS, cut off":      {"\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x01", "reading JKS"},
		"PKCS #12, cut off": {"\x30\x05\x02\x01\x03\x30\x00", "PKCS #12"},
		"two worlds":        {leaf + string(pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: pkcs7(false, h.ca)})), "give them as two files"},
		"empty PKCS #7":     {string(pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: pkcs7(false)})), "PKCS #7 without certificates"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := certfile.Read([]byte(c.file))
			if err == nil {
				t.Fatalf("read as %d chains", len(got))
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q, want %q in it", err, c.want)
			}
		})
	}
}

var num = strconv.Itoa

// ownForms encodes a key as OpenSSL did before PKCS #8.
func ownForms(t *testing.T, key any) map[string][]byte {
	t.Helper()
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return map[string][]byte{"RSA PRIVATE KEY": x509.MarshalPKCS1PrivateKey(key)}
	case *ecdsa.PrivateKey:
		der, err := x509.MarshalECPrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return map[string][]byte{"EC PRIVATE KEY": der}
	}
	return nil
}

func TestPrivateKey(t *testing.T) {
	x := tlstest.For(t)
	for _, kind := range []string{"rsa2048", "p256", "p521", "ed25519"} {
		key := x.Key("k", kind)
		ca := x.Root("R")
		want := spki(t, x.Leaf("L", ca, func(c *tlstest.Template) { c.Key = key }).DER)
		der := pkcs8(t, key.Signer)
		files := map[string][]byte{
			"PKCS #8":          der,
			"PKCS #8 in PEM":   pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
			"after parameters": append([]byte("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})...),
		}
		private, err := x509.ParsePKCS8PrivateKey(der)
		if err != nil {
			t.Fatal(err)
		}
		for label, encoded := range ownForms(t, private) {
			files[label] = pem.EncodeToMemory(&pem.Block{Type: label, Bytes: encoded})
		}
		for name, file := range files {
			got, err := certfile.PublicKey(file)
			if err != nil || got != want {
				t.Errorf("%s, %s: %v, %v; want %v", kind, name, got, err, want)
			}
		}
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"a certificate": {x.Root("R").PEM(), "a certificate but no private key"},
		"encrypted":     {pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte{0x30, 0}}), "encrypted"},
		"old encrypted": {[]byte("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMAA=\n-----END RSA PRIVATE KEY-----\n"), "encrypted"},
		"text":          {[]byte("hello"), "no private key of a kind"},
	} {
		if _, err := certfile.PublicKey(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", name, err, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	root, err := tlstest.Root("R")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(root.PEM())
	f.Add(root.DER)
	f.Add(pkcs7(false, root))
	f.Add(pkcs7(true, root))
	f.Add([]byte("\xfe\xed\xfe\xed\x00\x00\x00\x02\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, file []byte) {
		chains, err := certfile.Read(file)
		if err == nil && len(chains) == 0 {
			t.Fatal("neither a chain nor an error")
		}
		for _, c := range chains {
			for _, der := range c.Certs {
				if len(der) > len(file) || !bytes.Contains(file, []byte("-----")) && !bytes.Contains(file, der) && !c.Set {
					t.Fatal("a certificate that is not in the file")
				}
			}
		}
	})
}
