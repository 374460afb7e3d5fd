package certfile

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"errors"
	"hash"
	"math/big"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// A bag is an entry of a PKCS #12 file, with what the library that decrypts its
// keys does not tell: under which alias it stands, which key it belongs to, and
// that Java only trusts it.
type bag struct {
	key       bool
	cert      []byte
	alias     string
	id        string // localKeyId
	trusted   bool   // a trusted entry: Java never presents it
	encrypted bool
}

var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidEncryptedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidKeyBag        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	oidShroudedBag   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	oidCertBag       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidFriendlyName  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 20}
	oidLocalKeyID    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 21}
	oidJavaTrusted   = asn1.ObjectIdentifier{2, 16, 840, 1, 113894, 746875, 1, 1}
	oidPBES2         = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidSHA1And3DES   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1, 3}
	oidHMAC          = asn1.ObjectIdentifier{1, 2, 840, 113549, 2}
	oidAES           = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1}
)

var errBags = errors.New("the bags of the file cannot be told apart")

// bagsOf lists the entries of a PKCS #12 file whose password was found right. It
// fails on BER, and on the RC2 of old files.
func bagsOf(data []byte, password string) ([]bag, error) {
	return eachSafe(data, password, nil)
}

// eachSafe walks the safes of a PKCS #12 file (RFC 7292 sections 4.1 and 4.2),
// and lists their entries. Before it looks into one it asks see, unless that is
// nil; an error ends the walk.
func eachSafe(data []byte, password string, see func(content cryptobyte.String, encrypted bool) error) (bags []bag, err error) {
	in := cryptobyte.String(data)
	var pfx, auth, safe cryptobyte.String
	var version int
	var kind asn1.ObjectIdentifier
	if !in.ReadASN1(&pfx, cbasn1.SEQUENCE) || !pfx.ReadASN1Integer(&version) || !pfx.ReadASN1(&auth, cbasn1.SEQUENCE) ||
		!auth.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(oidData) || !explicitOctets(&auth, &safe) || !safe.ReadASN1(&safe, cbasn1.SEQUENCE) {
		return nil, errBags
	}
	for !safe.Empty() {
		var info, content cryptobyte.String
		if !safe.ReadASN1(&info, cbasn1.SEQUENCE) || !info.ReadASN1ObjectIdentifier(&kind) {
			return nil, errBags
		}
		encrypted := kind.Equal(oidEncryptedData)
		switch {
		case kind.Equal(oidData):
			if !explicitOctets(&info, &content) {
				return nil, errBags
			}
		case encrypted:
			if content, err = decryptSafe(info, password); err != nil {
				return nil, err
			}
		default:
			return nil, errBags
		}
		if see != nil {
			if err := see(content, encrypted); err != nil {
				return nil, err
			}
		}
		before := len(bags)
		if bags, err = appendBags(bags, content); err != nil {
			return nil, err
		}
		for i := range bags[before:] {
			bags[before+i].encrypted = bags[before+i].encrypted || encrypted
		}
	}
	return bags, nil
}

func explicit(in, out *cryptobyte.String) bool {
	return in.ReadASN1(out, cbasn1.Tag(0).ContextSpecific().Constructed())
}

func explicitOctets(in, out *cryptobyte.String) bool {
	var outer cryptobyte.String
	return explicit(in, &outer) && outer.ReadASN1(out, cbasn1.OCTET_STRING)
}

func appendBags(bags []bag, contents cryptobyte.String) ([]bag, error) {
	if !contents.ReadASN1(&contents, cbasn1.SEQUENCE) {
		return nil, errBags
	}
	for !contents.Empty() {
		var in, value cryptobyte.String
		var kind asn1.ObjectIdentifier
		if !contents.ReadASN1(&in, cbasn1.SEQUENCE) || !in.ReadASN1ObjectIdentifier(&kind) || !explicit(&in, &value) {
			return nil, errBags
		}
		b := bag{key: kind.Equal(oidKeyBag) || kind.Equal(oidShroudedBag), encrypted: kind.Equal(oidShroudedBag)}
		if kind.Equal(oidCertBag) {
			var certBag, der cryptobyte.String
			if !value.ReadASN1(&certBag, cbasn1.SEQUENCE) || !certBag.SkipASN1(cbasn1.OBJECT_IDENTIFIER) || !explicitOctets(&certBag, &der) {
				return nil, errBags
			}
			b.cert = der
		}
		if !in.Empty() && !b.attributes(in) {
			return nil, errBags
		}
		if b.key || b.cert != nil {
			bags = append(bags, b)
		}
	}
	return bags, nil
}

func (b *bag) attributes(in cryptobyte.String) bool {
	if !in.ReadASN1(&in, cbasn1.SET) {
		return false
	}
	for !in.Empty() {
		var attribute, values, value cryptobyte.String
		var kind asn1.ObjectIdentifier
		if !in.ReadASN1(&attribute, cbasn1.SEQUENCE) || !attribute.ReadASN1ObjectIdentifier(&kind) || !attribute.ReadASN1(&values, cbasn1.SET) {
			return false
		}
		switch {
		case kind.Equal(oidFriendlyName) && values.ReadASN1(&value, cbasn1.Tag(30)): // BMPString
			var units []uint16
			for unit := uint16(0); value.ReadUint16(&unit); {
				units = append(units, unit)
			}
			b.alias = string(utf16.Decode(units))
		case kind.Equal(oidLocalKeyID) && values.ReadASN1(&value, cbasn1.OCTET_STRING):
			b.id = string(value)
		case kind.Equal(oidJavaTrusted):
			b.trusted = true
		}
	}
	return true
}

// maxIterations bounds the work that a file may ask for, in rounds of a hash.
const maxIterations = 5_000_000

// decryptSafe decrypts the content of an EncryptedData.
func decryptSafe(info cryptobyte.String, password string) (cryptobyte.String, error) {
	var outer, data, encrypted, algorithm, text cryptobyte.String
	var version int
	var kind asn1.ObjectIdentifier
	if !explicit(&info, &outer) || !outer.ReadASN1(&data, cbasn1.SEQUENCE) || !data.ReadASN1Integer(&version) ||
		!data.ReadASN1(&encrypted, cbasn1.SEQUENCE) ||
		!encrypted.ReadASN1ObjectIdentifier(&kind) || !encrypted.ReadASN1(&algorithm, cbasn1.SEQUENCE) ||
		!encrypted.ReadASN1(&text, cbasn1.Tag(0).ContextSpecific()) || !algorithm.ReadASN1ObjectIdentifier(&kind) {
		return nil, errBags
	}
	var block cipher.Block
	var iv []byte
	var err error
	switch {
	case kind.Equal(oidPBES2):
		block, iv, err = pbes2(algorithm, password)
	case kind.Equal(oidSHA1And3DES):
		block, iv, err = sha1And3DES(algorithm, password)
	default:
		err = errBags
	}
	if err != nil {
		return nil, err
	}
	if len(text) == 0 || len(text)%block.BlockSize() != 0 || len(iv) != block.BlockSize() {
		return nil, errBags
	}
	plain := make([]byte, len(text))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, text)
	pad := int(plain[len(plain)-1])
	if pad == 0 || pad > block.BlockSize() {
		return nil, errBags
	}
	return plain[:len(plain)-pad], nil
}

// pbes2 is RFC 8018 section 6.2 with PBKDF2 and AES.
func pbes2(algorithm cryptobyte.String, password string) (cipher.Block, []byte, error) {
	var params, kdf, kdfParams, salt, scheme, iv cryptobyte.String
	var kind, prf asn1.ObjectIdentifier
	var rounds int
	if !algorithm.ReadASN1(&params, cbasn1.SEQUENCE) || !params.ReadASN1(&kdf, cbasn1.SEQUENCE) || !kdf.ReadASN1ObjectIdentifier(&kind) ||
		!kind.Equal(oidPBKDF2) ||
		!kdf.ReadASN1(&kdfParams, cbasn1.SEQUENCE) || !kdfParams.ReadASN1(&salt, cbasn1.OCTET_STRING) || !kdfParams.ReadASN1Integer(&rounds) ||
		!params.ReadASN1(&scheme, cbasn1.SEQUENCE) || !scheme.ReadASN1ObjectIdentifier(&kind) || !scheme.ReadASN1(&iv, cbasn1.OCTET_STRING) ||
		rounds < 1 || rounds > maxIterations {
		return nil, nil, errBags
	}
	kdfParams.SkipOptionalASN1(cbasn1.INTEGER)
	digest := sha1.New
	if !kdfParams.Empty() {
		var in cryptobyte.String
		if !kdfParams.ReadASN1(&in, cbasn1.SEQUENCE) || !in.ReadASN1ObjectIdentifier(&prf) || len(prf) != len(oidHMAC)+1 ||
			!prf[:len(oidHMAC)].Equal(oidHMAC) {
			return nil, nil, errBags
		}
		var ok bool
		digest, ok = map[int]func() hash.Hash{7: sha1.New, 8: sha256.New224, 9: sha256.New, 10: sha512.New384, 11: sha512.New}[prf[len(prf)-1]]
		if !ok {
			return nil, nil, errBags
		}
	}
	size := map[int]int{2: 16, 22: 24, 42: 32}[kind[len(kind)-1]]
	if len(kind) != len(oidAES)+1 || !kind[:len(oidAES)].Equal(oidAES) || size == 0 {
		return nil, nil, errBags
	}
	key, err := pbkdf2.Key(digest, password, salt, rounds, size)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(key)
	return block, iv, err
}

// sha1And3DES is what files had before PBES2: RFC 7292 appendix B.
func sha1And3DES(algorithm cryptobyte.String, password string) (cipher.Block, []byte, error) {
	var params, salt cryptobyte.String
	var rounds int
	if !algorithm.ReadASN1(&params, cbasn1.SEQUENCE) || !params.ReadASN1(&salt, cbasn1.OCTET_STRING) || !params.ReadASN1Integer(&rounds) ||
		len(salt) == 0 || rounds < 1 || rounds > maxIterations {
		return nil, nil, errBags
	}
	var word []byte
	for _, unit := range append(utf16.Encode([]rune(password)), 0) {
		word = append(word, byte(unit>>8), byte(unit))
	}
	block, err := des.NewTripleDESCipher(derive(1, 24, word, salt, rounds))
	return block, derive(2, 8, word, salt, rounds), err
}

// derive is the key derivation of RFC 7292 appendix B.2 with SHA-1.
func derive(purpose byte, size int, word, salt []byte, rounds int) (out []byte) {
	const v = 64
	stretch := func(b []byte) []byte {
		n := (len(b) + v - 1) / v * v
		return bytes.Repeat(b, n/len(b)+1)[:n]
	}
	in := append(stretch(salt), stretch(word)...)
	for len(out) < size {
		a := sha1.Sum(append(bytes.Repeat([]byte{purpose}, v), in...))
		for range rounds - 1 {
			a = sha1.Sum(a[:])
		}
		out = append(out, a[:]...)
		b := new(big.Int).SetBytes(stretch(a[:])[:v])
		b.Add(b, big.NewInt(1))
		for at := 0; at < len(in); at += v {
			sum := new(big.Int).SetBytes(in[at : at+v])
			sum.Add(sum, b)
			bits := sum.FillBytes(make([]byte, v+1))
			copy(in[at:at+v], bits[1:])
		}
	}
	return out[:size]
}
