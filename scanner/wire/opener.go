package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"

	"golang.org/x/crypto/chacha20poly1305"
)

// A suite13 is one of the three cipher suites of TLS 1.3 that servers use
// (RFC 8446 appendix B.4); the two CCM ones are never offered.
type suite13 struct {
	id     uint16
	hash   func() hash.Hash
	keyLen int
	aead   func(key []byte) (cipher.AEAD, error)
}

func suiteByID(id uint16) (suite13, error) {
	switch id {
	case 0x1301:
		return suite13{id, sha256.New, 16, newGCM}, nil
	case 0x1302:
		return suite13{id, sha512.New384, 32, newGCM}, nil
	case 0x1303:
		return suite13{id, sha256.New, chacha20poly1305.KeySize, chacha20poly1305.New}, nil
	}
	return suite13{}, malformed("it chose cipher suite %#04x, which was not offered", id)
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// An opener takes the protection off the records of a TLS 1.3 handshake
// (RFC 8446 section 5.2).
type opener struct {
	aead     cipher.AEAD
	iv       []byte
	sequence uint64
}

// newOpener derives key and IV from the server's handshake traffic secret
// (section 7.3).
func newOpener(suite suite13, secret []byte) (*opener, error) {
	key, err := ExpandLabel(suite.hash, secret, "key", nil, suite.keyLen)
	if err != nil {
		return nil, err
	}
	iv, err := ExpandLabel(suite.hash, secret, "iv", nil, 12)
	if err != nil {
		return nil, err
	}
	aead, err := suite.aead(key)
	if err != nil {
		return nil, err
	}
	return &opener{aead: aead, iv: iv}, nil
}

// open decrypts a record in place and returns the type and payload inside.
func (o *opener) open(record []byte) (kind byte, payload []byte, err error) {
	var nonce [12]byte
	copy(nonce[:], o.iv)
	for i := range 8 {
		nonce[11-i] ^= byte(o.sequence >> (8 * i))
	}
	o.sequence++
	header, sealed := record[:5], record[5:]
	plain, err := o.aead.Open(sealed[:0], nonce[:], sealed, header)
	if err != nil {
		return 0, nil, malformed("a record does not decrypt")
	}
	// The type is the last byte that is not padding.
	end := len(plain)
	for end > 0 && plain[end-1] == 0 {
		end--
	}
	if end == 0 {
		return 0, nil, malformed("an encrypted record of padding alone")
	}
	return plain[end-1], plain[:end-1], nil
}

// ExpandLabel is HKDF-Expand-Label of RFC 8446 section 7.1.
func ExpandLabel(newHash func() hash.Hash, secret []byte, label string, context []byte, length int) ([]byte, error) {
	const prefix = "tls13 "
	info := make([]byte, 0, 4+len(prefix)+len(label)+len(context))
	info = append(info, byte(length>>8), byte(length), byte(len(prefix)+len(label)))
	info = append(info, prefix...)
	info = append(info, label...)
	info = append(info, byte(len(context)))
	info = append(info, context...)
	out, err := hkdf.Expand(newHash, secret, string(info), length)
	if err != nil {
		return nil, fmt.Errorf("deriving %q: %w", label, err)
	}
	return out, nil
}
