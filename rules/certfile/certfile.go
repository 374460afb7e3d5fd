// Package certfile reads the files that servers keep certificates in: PEM, DER,
// PKCS #7, PKCS #12 (PFX) and JKS, told apart by their content.
//
// It hands on certificates as bytes, in the order of the file, and judges none:
// what crypto/x509 would refuse is read too. It opens no file and asks for no
// password.
package certfile

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/aia"
)

// MaxSize bounds a file, in bytes: no bundle of server certificates comes near.
const MaxSize = 32 << 20

// A Chain is what one server would present from a file.
type Chain struct {
	Certs   [][]byte  // in the order of the file; of a set, the leaf first
	Set     bool      // the order means nothing: PKCS #7 and PKCS #12 hold sets
	Key     cert.Hash // SHA-256 of the SPKI of the private key beside it; zero: none, or it cannot be read
	Keyless bool      // it is a key store without a private key: Read refuses it
	Flaws   []Flaw    // what keeps servers from loading the file; empty: nothing is known
	Name    string    // of the object in the file that has it, such as a Kubernetes Secret; empty: the file itself
	Err     error     // the object cannot be read, and others of the file can; nil: it is read
}

var (
	// ErrPassword means that none of the passwords opens the file.
	ErrPassword = errors.New("the password does not open the file")
	// ErrNoLeaf means that a file holds issuers only.
	ErrNoLeaf = errors.New("all certificates in it are CA certificates, the server's own is missing")
)

// maxChain bounds the certificates of one chain: what judging them takes grows
// by their square, and no client takes more than a hundred or two.
const maxChain = 2000

// Read finds the chains in a file: one for each leaf of a kind. passwords are
// tried in turn where the format has one; none at all means the empty one and
// Java's "changeit". The error says what is wrong with the file and where.
func Read(data []byte, passwords ...string) ([]Chain, error) {
	if len(passwords) == 0 {
		passwords = []string{"", "changeit"}
	}
	chains, err := read(data, passwords)
	if err != nil {
		return nil, err
	}
	var out []Chain
	for _, c := range chains {
		switch {
		case c.Keyless:
			return nil, ErrNoKey
		case c.Err != nil:
			out = append(out, c)
			continue
		}
		for _, one := range split(c) {
			if len(one.Certs) > maxChain {
				return nil, fmt.Errorf("it holds %d certificates of one chain; judged are %d at most", len(one.Certs), maxChain)
			}
			one.Name = c.Name
			out = append(out, one)
		}
	}
	if len(out) == 0 {
		return nil, ErrNoLeaf
	}
	return out, nil
}

// Certificates finds all certificates of a file in its order, whatever they
// are: for trust stores and pools.
func Certificates(data []byte, passwords ...string) ([][]byte, error) {
	if len(passwords) == 0 {
		passwords = []string{"", "changeit"}
	}
	chains, err := read(data, passwords)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for _, c := range chains {
		out = append(out, c.Certs...)
	}
	return out, nil
}

// typographic finds a BEGIN line whose hyphens a word processor has joined.
var typographic = regexp.MustCompile(`[\x{2010}-\x{2015}\x{2212}][-\x{2010}-\x{2015}\x{2212} ]*BEGIN `)

func read(data []byte, passwords []string) ([]Chain, error) {
	switch {
	case len(data) > MaxSize:
		return nil, fmt.Errorf("it is larger than %d MiB", MaxSize>>20)
	case len(bytes.TrimSpace(data)) == 0:
		return nil, errors.New("it is empty")
	case bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")):
		return nil, errors.New("it is UTF-16 text, which no server reads: save it as plain ASCII (in PowerShell: Out-File -Encoding ascii)")
	case isPEM(data):
		if chains, ok, err := readManifest(data); ok || err != nil {
			return chains, err
		}
		return readPEM(data)
	case isJKS(data):
		return readJKS(data, passwords)
	case isPKCS12(data):
		return readPKCS12(data, passwords)
	}
	if chains, ok, err := readManifest(data); ok || err != nil {
		return chains, err
	}
	if bytes.Contains(data, []byte("BEGIN ")) && typographic.Match(data) {
		return nil, errors.New("the dashes around BEGIN CERTIFICATE are not five hyphens: a word processor replaced them, " +
			"type -----BEGIN CERTIFICATE-----")
	}
	certs, failure := aia.Decode(data)
	if failure != nil {
		if chains, ok := readBase64(data, passwords); ok {
			return chains, nil
		}
		return nil, fmt.Errorf("it holds no certificate that can be found: %s is none of PEM, DER, PKCS #7, PKCS #12 and JKS", shape(data))
	}
	return []Chain{{Certs: certs, Set: isPKCS7(data)}}, nil
}

func shape(data []byte) string {
	if utf8.Valid(data) {
		return "this text"
	}
	return "this"
}
