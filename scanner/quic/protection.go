package quic

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"hash"

	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/tlschain/tlschain/scanner/wire"
)

// A protection are the keys of one direction at one encryption level (RFC 9001
// section 5).
type protection struct {
	aead cipher.AEAD
	iv   [12]byte
	mask func(sample []byte) [5]byte // what hides the header (section 5.4)
}

// newProtection derives keys from a traffic secret (section 5.1).
func newProtection(suite uint16, secret []byte) (*protection, error) {
	newHash, length := sha256.New, 16
	switch suite {
	case tls.TLS_AES_128_GCM_SHA256:
	case tls.TLS_AES_256_GCM_SHA384:
		newHash, length = sha512.New384, 32
	case tls.TLS_CHACHA20_POLY1305_SHA256:
		length = chacha20poly1305.KeySize
	default:
		return nil, fmt.Errorf("no keys are known for cipher suite %#04x", suite)
	}
	key, err := label(newHash, secret, "quic key", length)
	if err != nil {
		return nil, err
	}
	iv, err := label(newHash, secret, "quic iv", 12)
	if err != nil {
		return nil, err
	}
	hide, err := label(newHash, secret, "quic hp", length)
	if err != nil {
		return nil, err
	}
	p := &protection{iv: [12]byte(iv)}
	if suite == tls.TLS_CHACHA20_POLY1305_SHA256 {
		p.mask = func(sample []byte) [5]byte { return maskChaCha20(hide, sample) }
		p.aead, err = chacha20poly1305.New(key)
		return p, err
	}
	block, err := aes.NewCipher(hide)
	if err != nil {
		return nil, err
	}
	p.mask = func(sample []byte) [5]byte {
		var out [16]byte
		block.Encrypt(out[:], sample)
		return [5]byte(out[:5])
	}
	p.aead, err = newGCM(key)
	return p, err
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// maskChaCha20 is section 5.4.4.
func maskChaCha20(key, sample []byte) (out [5]byte) {
	c, err := chacha20.NewUnauthenticatedCipher(key, sample[4:16])
	if err != nil {
		panic(err) // the lengths are right
	}
	c.SetCounter(binary.LittleEndian.Uint32(sample))
	c.XORKeyStream(out[:], out[:])
	return out
}

func label(newHash func() hash.Hash, secret []byte, name string, length int) ([]byte, error) {
	return wire.ExpandLabel(newHash, secret, name, nil, length)
}

// initialSalt is that of version 1 (section 5.2).
var initialSalt = []byte("\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a")

// initialKeys are those of the first packets, which everybody can know: they
// depend on the destination that the client chose.
func initialKeys(destination []byte) (client, server *protection, err error) {
	secret, err := hkdf.Extract(sha256.New, destination, initialSalt)
	if err != nil {
		return nil, nil, err
	}
	keys := func(name string) (*protection, error) {
		own, err := label(sha256.New, secret, name, sha256.Size)
		if err != nil {
			return nil, err
		}
		return newProtection(tls.TLS_AES_128_GCM_SHA256, own)
	}
	if client, err = keys("client in"); err != nil {
		return nil, nil, err
	}
	server, err = keys("server in")
	return client, server, err
}

func (p *protection) nonce(number uint64) []byte {
	nonce := p.iv
	for i := range 8 {
		nonce[11-i] ^= byte(number >> (8 * i))
	}
	return nonce[:]
}

// seal protects a packet whose header ends in a packet number of four bytes, and
// appends it to b.
func (p *protection) seal(b, header, payload []byte, number uint64) []byte {
	at := len(b)
	b = append(b, header...)
	b = p.aead.Seal(b, p.nonce(number), payload, header)
	pn := at + len(header) - 4
	mask := p.mask(b[pn+4 : pn+20])
	b[at] ^= mask[0] & 0x0f
	for i := range 4 {
		b[pn+i] ^= mask[1+i]
	}
	return b
}

// open takes the protection off a long packet in place. pn is where its packet
// number is, largest the largest number so far, -1 for none. ok is false for
// what does not decrypt; then packet may be changed nevertheless.
func (p *protection) open(packet []byte, pn int, largest int64) (number uint64, payload []byte, ok bool) {
	if len(packet) < pn+20 {
		return 0, nil, false
	}
	mask := p.mask(packet[pn+4 : pn+20])
	packet[0] ^= mask[0] & 0x0f
	length := int(packet[0]&3) + 1
	for i := range length {
		packet[pn+i] ^= mask[1+i]
		number = number<<8 | uint64(packet[pn+i])
	}
	number = fullNumber(number, length, largest)
	header, sealed := packet[:pn+length], packet[pn+length:]
	payload, err := p.aead.Open(sealed[:0], p.nonce(number), sealed, header)
	return number, payload, err == nil
}

// fullNumber is the packet number nearest to the expected one that ends in these
// bytes (RFC 9000 appendix A.3).
func fullNumber(short uint64, length int, largest int64) uint64 {
	expected := uint64(largest + 1)
	window := uint64(1) << (8 * length)
	candidate := expected&^(window-1) | short
	switch {
	case candidate+window/2 <= expected && candidate < 1<<62-window:
		return candidate + window
	case candidate > expected+window/2 && candidate >= window:
		return candidate - window
	}
	return candidate
}
