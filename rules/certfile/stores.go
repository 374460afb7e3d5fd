package certfile

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/tlschain/tlschain/rules/cert"
)

// signedData is 1.2.840.113549.1.7.2, the content type of PKCS #7 files.
const signedData = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"

func isPKCS7(data []byte) bool {
	at := bytes.Index(data, []byte(signedData))
	return at > 0 && at < 8 // after the header of the outer SEQUENCE
}

// isPKCS12 looks for PFX ::= SEQUENCE { version INTEGER {v3(3)}, ... } (RFC 7292
// section 4), in DER or BER.
func isPKCS12(data []byte) bool {
	if len(data) > 5 && data[0] == 0x30 && data[1] == 0x80 {
		return bytes.HasPrefix(data[2:], []byte{2, 1, 3})
	}
	in := cryptobyte.String(data)
	var body cryptobyte.String
	var version int
	return in.ReadASN1(&body, cbasn1.SEQUENCE) && body.ReadASN1Integer(&version) && version == 3
}

func isJKS(data []byte) bool {
	return bytes.HasPrefix(data, []byte{0xfe, 0xed, 0xfe, 0xed}) || isJCEKS(data)
}

func isJCEKS(data []byte) bool { return bytes.HasPrefix(data, []byte{0xce, 0xce, 0xce, 0xce}) }

// readPKCS12 reads a PFX as a set: IIS and Java build the chain from it anew,
// by name, whatever the order of its bags.
//
// Java reads no key that is not encrypted, and given no password, as servers are
// by default, no certificate that is, be it with an empty one.
func readPKCS12(data []byte, passwords []string) ([]Chain, error) {
	if err := boundRounds(data, passwords); err != nil {
		return nil, fmt.Errorf("reading PKCS #12: %w", err)
	}
	chains, password, err := chainsOfPKCS12(data, passwords)
	if err != nil {
		return nil, err
	}
	bags, err := bagsOf(data, password)
	if err != nil {
		return chains, nil // old or odd encryption: nothing more is known about it
	}
	for i := range chains {
		switch c := &chains[i]; {
		case c.Keyless:
		case slices.ContainsFunc(bags, func(b bag) bool { return b.key && !b.encrypted }):
			c.Flaws = append(c.Flaws, Flaw{Store: true, What: plainKey, Fix: plainKeyFix, Loaders: []Loader{Java}})
		case password == "" && slices.ContainsFunc(bags, func(b bag) bool { return b.cert != nil && b.encrypted }):
			c.Flaws = append(c.Flaws, Flaw{Store: true, What: emptyPassword, Fix: emptyPasswordFix, Loaders: []Loader{Java}})
		}
	}
	return chains, nil
}

// chainsOfPKCS12 also gives the password that opens the file.
func chainsOfPKCS12(data []byte, passwords []string) (_ []Chain, password string, err error) {
	for _, password = range passwords {
		var chain Chain
		if chain, err = openPKCS12(data, password); err == nil {
			if bags, err := bagsOf(data, password); err == nil {
				if chains, ok := javaChains(bags, map[cert.Hash]bool{chain.Key: true}); ok && len(chains) > 0 {
					return chains, password, nil
				}
			}
			return []Chain{chain}, password, nil
		}
		if bags, failed := bagsOf(data, password); failed == nil { // the library wants exactly one key
			if chains, ok := javaChains(bags, nil); ok && len(chains) > 0 {
				return chains, password, nil
			}
			if chain = keyless(bags); chain.Keyless && len(chain.Certs) > 0 {
				return []Chain{chain}, password, nil
			}
		}
		if !errors.Is(err, pkcs12.ErrIncorrectPassword) && !errors.Is(err, pkcs12.ErrDecryption) {
			return nil, "", fmt.Errorf("reading PKCS #12: %w", err)
		}
	}
	return nil, "", ErrPassword
}

func openPKCS12(data []byte, password string) (Chain, error) {
	chain := Chain{Set: true, Keyless: true}
	// ToPEM is deprecated for the labels of its keys, but the only way to
	// certificates that crypto/x509 refuses. What it cannot do (Ed25519 keys,
	// keys without encryption, trust stores) the others can.
	//lint:ignore SA1019 see above
	blocks, err := pkcs12.ToPEM(data, password)
	if err == nil {
		for _, b := range blocks {
			if b.Type == "CERTIFICATE" {
				chain.Certs = append(chain.Certs, b.Bytes)
				continue
			}
			chain.Keyless = false
			if chain.Key == (cert.Hash{}) {
				chain.Key, _ = publicHash("", b.Bytes)
			}
		}
		if len(chain.Certs) == 0 {
			return Chain{}, errors.New("it holds a private key and no certificate")
		}
		return chain, nil
	}
	key, leaf, issuers, err := pkcs12.DecodeChain(data, password)
	if err == nil {
		chain.Key, _ = hashOf(key)
		chain.Keyless = false
		chain.add(leaf)
		chain.add(issuers...)
		return chain, nil
	}
	trusted, trustErr := pkcs12.DecodeTrustStore(data, password)
	if trustErr != nil {
		return Chain{}, err
	}
	chain.add(trusted...)
	return chain, nil
}

func (c *Chain) add(certs ...*x509.Certificate) {
	for _, x := range certs {
		c.Certs = append(c.Certs, x.Raw)
	}
}

// readJKS reads a Java key store: a chain for each private key in it, in the
// order of their aliases, which Java presents as it stands. Trusted
// certificates make a set, if there is no key at all.
func readJKS(data []byte, passwords []string) ([]Chain, error) {
	if isJCEKS(data) {
		return nil, errors.New("it is a JCEKS key store: convert it with keytool -importkeystore -deststoretype pkcs12")
	}
	if err := boundJKS(data); err != nil {
		return nil, err
	}
	for _, password := range passwords {
		store := keystore.New(keystore.WithOrderedAliases())
		if err := store.Load(bytes.NewReader(data), []byte(password)); err != nil {
			if err.Error() != "got invalid digest" { // the library has no value for it
				return nil, fmt.Errorf("reading JKS: %w", err)
			}
			continue
		}
		return chainsOfJKS(store, password)
	}
	return nil, ErrPassword
}

func chainsOfJKS(store keystore.KeyStore, password string) ([]Chain, error) {
	var chains []Chain
	trusted := Chain{Set: true, Keyless: true}
	var others []entry
	var aliases []string // of the chains
	for _, alias := range store.Aliases() {
		if entry, err := store.GetTrustedCertificateEntry(alias); err == nil {
			trusted.Certs = append(trusted.Certs, entry.Certificate.Content)
			if c, err := cert.Parse(entry.Certificate.Content); err == nil {
				others = append(others, entryOf(alias, c))
			}
			continue
		}
		certs, err := store.GetPrivateKeyEntryCertificateChain(alias)
		if err != nil || len(certs) == 0 {
			continue
		}
		var chain Chain
		for _, c := range certs {
			chain.Certs = append(chain.Certs, c.Content)
		}
		// The key may have a password of its own; then the pair is not checked.
		if entry, err := store.GetPrivateKeyEntry(alias, []byte(password)); err == nil {
			chain.Key, _ = publicHash("", entry.PrivateKey)
		}
		chains = append(chains, chain)
		aliases = append(aliases, alias)
	}
	for i, alias := range aliases {
		if c, err := cert.Parse(chains[i].Certs[0]); err == nil {
			chains[i].Flaws = misplacedReply(entryOf(alias, c), others)
		}
	}
	if len(chains) == 0 && len(trusted.Certs) > 0 {
		chains = append(chains, trusted)
	}
	if len(chains) == 0 {
		return nil, errors.New("the key store holds no certificate")
	}
	return slices.Clip(chains), nil
}
