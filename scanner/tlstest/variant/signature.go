package variant

import (
	"crypto"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	_ "crypto/md5" // the hashes of certificates old and new
	_ "crypto/sha1"
	_ "crypto/sha3"
	_ "crypto/sha512"
)

// A scheme is how a signature is made, as far as the key leaves a choice.
type scheme struct {
	hash crypto.Hash
	pss  bool
	mgf  crypto.Hash // for PSS
	salt int         // for PSS
}

func hashes() map[string]crypto.Hash {
	return map[string]crypto.Hash{
		"md5": crypto.MD5, "sha1": crypto.SHA1, "sha224": crypto.SHA224, "sha256": crypto.SHA256,
		"sha384": crypto.SHA384, "sha512": crypto.SHA512, "sha512/256": crypto.SHA512_256,
		"sha3/224": crypto.SHA3_224, "sha3/256": crypto.SHA3_256, "sha3/384": crypto.SHA3_384, "sha3/512": crypto.SHA3_512,
	}
}

// parseScheme reads sha256, psssha256, psssha256-salt20, psssha256-mgfsha1.
func parseScheme(text string) (s scheme, err error) {
	name, options, _ := strings.Cut(text, "-")
	name, s.pss = strings.CutPrefix(name, "pss")
	var ok bool
	if s.hash, ok = hashes()[name]; !ok {
		return s, fmt.Errorf("no hash %q in %q", name, text)
	}
	s.mgf, s.salt = s.hash, s.hash.Size()
	if salt, found := strings.CutPrefix(options, "salt"); found {
		s.salt, err = strconv.Atoi(salt)
	} else if mgf, found := strings.CutPrefix(options, "mgf"); found {
		s.mgf, ok = hashes()[mgf]
	}
	if !ok {
		err = fmt.Errorf("no hash %q", options)
	}
	return s, err
}

func (s scheme) digest(message []byte) []byte {
	h := s.hash.New()
	h.Write(message)
	return h.Sum(nil)
}

func hashOID(h crypto.Hash) string {
	return map[crypto.Hash]string{
		crypto.MD5: "1.2.840.113549.2.5", crypto.SHA1: "1.3.14.3.2.26",
		crypto.SHA256: "2.16.840.1.101.3.4.2.1", crypto.SHA384: "2.16.840.1.101.3.4.2.2",
		crypto.SHA512: "2.16.840.1.101.3.4.2.3", crypto.SHA224: "2.16.840.1.101.3.4.2.4",
		crypto.SHA512_256: "2.16.840.1.101.3.4.2.6", crypto.SHA3_224: "2.16.840.1.101.3.4.2.7",
		crypto.SHA3_256: "2.16.840.1.101.3.4.2.8", crypto.SHA3_384: "2.16.840.1.101.3.4.2.9",
		crypto.SHA3_512: "2.16.840.1.101.3.4.2.10",
	}[h]
}

// digestInfo says which hash a digest is of. TLS before 1.2 signs MD5 and SHA-1
// together, without saying so.
func (s scheme) digestInfo(digest []byte) []byte {
	if s.hash == crypto.MD5SHA1 {
		return digest
	}
	return sequence(sequence(oid(hashOID(s.hash)), null()), octets(digest))
}

const oidPSS = "1.2.840.113549.1.1.10"

// pssIdentifier writes the parameters out, but for the defaults.
func (s scheme) pssIdentifier() []byte {
	hash := func(h crypto.Hash) []byte { return sequence(oid(hashOID(h)), null()) }
	var parameters []byte
	if s.hash != crypto.SHA1 {
		parameters = append(parameters, context(0, hash(s.hash))...)
	}
	if s.mgf != crypto.SHA1 {
		parameters = append(parameters, context(1, sequence(oid("1.2.840.113549.1.1.8"), hash(s.mgf)))...)
	}
	if s.salt != 20 {
		parameters = append(parameters, context(2, number(int64(s.salt)))...)
	}
	return sequence(oid(oidPSS), sequence(parameters))
}

// identifier is the AlgorithmIdentifier of a key's signature. parameters is
// "null" or "absent", or empty for what the standards say.
func (k *Key) identifier(s scheme, parameters string) ([]byte, error) {
	var algorithm string
	usual := "absent"
	switch k.family {
	case "rsa":
		if s.pss {
			return s.pssIdentifier(), nil
		}
		usual = "null"
		algorithm = map[crypto.Hash]string{
			crypto.MD5: "1.2.840.113549.1.1.4", crypto.SHA1: "1.2.840.113549.1.1.5",
			crypto.SHA256: "1.2.840.113549.1.1.11", crypto.SHA384: "1.2.840.113549.1.1.12",
			crypto.SHA512: "1.2.840.113549.1.1.13", crypto.SHA224: "1.2.840.113549.1.1.14",
			crypto.SHA512_256: "1.2.840.113549.1.1.16", crypto.SHA3_224: "2.16.840.1.101.3.4.3.13",
			crypto.SHA3_256: "2.16.840.1.101.3.4.3.14", crypto.SHA3_384: "2.16.840.1.101.3.4.3.15",
			crypto.SHA3_512: "2.16.840.1.101.3.4.3.16",
		}[s.hash]
	case "ec":
		algorithm = map[crypto.Hash]string{
			crypto.SHA1: "1.2.840.10045.4.1", crypto.SHA224: "1.2.840.10045.4.3.1",
			crypto.SHA256: "1.2.840.10045.4.3.2", crypto.SHA384: "1.2.840.10045.4.3.3",
			crypto.SHA512: "1.2.840.10045.4.3.4", crypto.SHA3_224: "2.16.840.1.101.3.4.3.9",
			crypto.SHA3_256: "2.16.840.1.101.3.4.3.10", crypto.SHA3_384: "2.16.840.1.101.3.4.3.11",
			crypto.SHA3_512: "2.16.840.1.101.3.4.3.12",
		}[s.hash]
	case "dsa":
		algorithm = map[crypto.Hash]string{
			crypto.SHA1: "1.2.840.10040.4.3", crypto.SHA224: "2.16.840.1.101.3.4.3.1",
			crypto.SHA256: "2.16.840.1.101.3.4.3.2", crypto.SHA384: "2.16.840.1.101.3.4.3.3",
			crypto.SHA512: "2.16.840.1.101.3.4.3.4",
		}[s.hash]
	default: // the key leaves no choice, and its own identifier stands for the signature's
		algorithm = otherOID(k.Kind)
	}
	if algorithm == "" || s.pss {
		return nil, fmt.Errorf("no key %s signs by %v", k.Kind, s)
	}
	if parameters == "" {
		parameters = usual
	}
	if parameters == "null" {
		return sequence(oid(algorithm), null()), nil
	}
	return sequence(oid(algorithm)), nil
}

// seed starts a stream of numbers that follows from words.
func seed(words ...string) [32]byte { return sha256.Sum256([]byte(strings.Join(words, "\x00"))) }
