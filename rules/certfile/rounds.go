package certfile

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// maxDepth bounds the walk through the elements of a PKCS #12 file: an honest
// one has some 15 levels.
const maxDepth = 40

var errRounds = fmt.Errorf("it asks for more than %d rounds of key derivation: write it anew with fewer "+
	"(openssl pkcs12 -export -iter 10000)", maxIterations)

// boundRounds refuses a PKCS #12 file that asks for more work than maxIterations
// before anything is derived: the file says how often its password is hashed,
// and 2^31 times take an hour for each password. Rounds follow a salt in all
// forms (RFC 7292 section 4 and appendix C, RFC 8018 appendix A.2, RFC 7914
// section 7), and PBKDF2's key length follows them.
//
// What is encrypted is looked at too where a password opens it.
func boundRounds(data []byte, passwords []string) error {
	left := maxIterations
	if !spend(data, &left, 0) {
		return errRounds
	}
	for _, password := range passwords {
		left := left
		_, err := eachSafe(data, password, func(content cryptobyte.String, encrypted bool) error {
			if encrypted && !spend(content, &left, 0) {
				return errRounds
			}
			return nil
		})
		if errors.Is(err, errRounds) {
			return err
		}
	}
	return nil
}

// spend takes the rounds that the elements ask for from what is left, and
// reports whether that was enough.
func spend(elements cryptobyte.String, left *int, depth int) bool {
	if depth > maxDepth {
		return false
	}
	salted := false
	for !elements.Empty() {
		var element cryptobyte.String
		var tag cbasn1.Tag
		if !elements.ReadAnyASN1(&element, &tag) {
			return true // no DER: nobody derives anything from it
		}
		switch {
		case tag == cbasn1.INTEGER && salted:
			if len(element) > 4 {
				return false
			}
			n := 0
			for _, b := range element {
				n = n<<8 | int(b)
			}
			if *left -= n; *left < 0 {
				return false
			}
		case tag == cbasn1.OCTET_STRING, tag&0x20 != 0: // constructed
			salted = salted || tag == cbasn1.OCTET_STRING
			if !spend(element, left, depth+1) {
				return false
			}
		}
	}
	return true
}
