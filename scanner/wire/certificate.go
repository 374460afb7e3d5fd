package wire

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// parseCertificate reads the body of a Certificate message (RFC 5246 section
// 7.4.2, RFC 8446 section 4.4.2). The entries are copies that share one array.
func parseCertificate(body []byte, tls13 bool) (chain [][]byte, staple []byte, err error) {
	s := cryptobyte.String(body)
	var list cryptobyte.String
	if tls13 {
		var context cryptobyte.String
		if !s.ReadUint8LengthPrefixed(&context) {
			return nil, nil, malformed("the context of a Certificate message")
		}
	}
	if !s.ReadUint24LengthPrefixed(&list) || !s.Empty() {
		return nil, nil, malformed("the length of a certificate list")
	}
	if list.Empty() {
		return nil, nil, fmt.Errorf("%w: its list is empty", ErrNoCertificate)
	}
	array := make([]byte, 0, len(list))
	for !list.Empty() {
		var entry cryptobyte.String
		if !list.ReadUint24LengthPrefixed(&entry) {
			return nil, nil, malformed("entry %d of the certificate list", len(chain))
		}
		if len(chain) == maxCertificates {
			return nil, nil, fmt.Errorf("%w: over %d certificates", ErrTooLarge, maxCertificates)
		}
		from := len(array)
		array = append(array, entry...)
		chain = append(chain, array[from:len(array):len(array)])
		if !tls13 {
			continue
		}
		found, err := readEntryExtensions(&list)
		if err != nil {
			return nil, nil, err
		}
		if len(chain) == 1 {
			staple = found
		}
	}
	return chain, staple, nil
}

// readEntryExtensions returns the OCSP response among an entry's extensions.
func readEntryExtensions(list *cryptobyte.String) (staple []byte, err error) {
	var extensions cryptobyte.String
	if !list.ReadUint16LengthPrefixed(&extensions) {
		return nil, malformed("the extensions of a certificate's entry")
	}
	for !extensions.Empty() {
		var kind uint16
		var data cryptobyte.String
		if !extensions.ReadUint16(&kind) || !extensions.ReadUint16LengthPrefixed(&data) {
			return nil, malformed("the extensions of a certificate's entry")
		}
		if kind == extensionStatusRequest {
			staple = parseStatus(data)
		}
	}
	return staple, nil
}

// parseStatus reads a CertificateStatus (RFC 6066 section 8); nil if it is of
// another kind or broken, since nothing hangs on it.
func parseStatus(s cryptobyte.String) []byte {
	var kind uint8
	var response cryptobyte.String
	if !s.ReadUint8(&kind) || kind != 1 || !s.ReadUint24LengthPrefixed(&response) || len(response) == 0 {
		return nil
	}
	return append([]byte(nil), response...)
}
