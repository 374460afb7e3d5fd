package wire

import "golang.org/x/crypto/cryptobyte"

// helloRetry is the random value that makes a ServerHello a HelloRetryRequest
// (RFC 8446 section 4.1.3): SHA-256 of "HelloRetryRequest".
const helloRetry = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91" +
	"\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

// A serverHello is what matters of it here.
type serverHello struct {
	version uint16 // the one agreed on
	cipher  uint16
	retry   bool   // it is a HelloRetryRequest
	group   uint16 // of the key share, TLS 1.3
	share   []byte // the server's public value; absent in a retry
	cookie  []byte
	scts    [][]byte // before TLS 1.3
}

// parseServerHello reads the body of the message (RFC 5246 section 7.4.1.3,
// RFC 8446 section 4.1.3).
func parseServerHello(body []byte) (h serverHello, err error) {
	s := cryptobyte.String(body)
	var random []byte
	var session, extensions cryptobyte.String
	var compression uint8
	if !s.ReadUint16(&h.version) || !s.ReadBytes(&random, 32) || !s.ReadUint8LengthPrefixed(&session) ||
		!s.ReadUint16(&h.cipher) || !s.ReadUint8(&compression) {
		return h, malformed("a ServerHello that is too short")
	}
	h.retry = string(random) == helloRetry
	if s.Empty() { // SSL 3.0 and old TLS 1.0 know no extensions
		return h, checkVersion(h.version)
	}
	if !s.ReadUint16LengthPrefixed(&extensions) {
		return h, malformed("the extensions of a ServerHello")
	}
	for !extensions.Empty() {
		var kind uint16
		var data cryptobyte.String
		if !extensions.ReadUint16(&kind) || !extensions.ReadUint16LengthPrefixed(&data) {
			return h, malformed("the extensions of a ServerHello")
		}
		if !h.readExtension(kind, data) {
			return h, malformed("extension %d of a ServerHello", kind)
		}
	}
	return h, checkVersion(h.version)
}

func (h *serverHello) readExtension(kind uint16, data cryptobyte.String) bool {
	switch kind {
	case extensionSupportedVersions:
		return data.ReadUint16(&h.version) && data.Empty()
	case extensionKeyShare:
		if !data.ReadUint16(&h.group) {
			return false
		}
		if h.retry {
			return data.Empty()
		}
		var share cryptobyte.String
		if !data.ReadUint16LengthPrefixed(&share) || !data.Empty() {
			return false
		}
		h.share = share
	case extensionSCTs:
		h.scts = parseSCTs(data)
	case extensionCookie:
		var cookie cryptobyte.String
		if !data.ReadUint16LengthPrefixed(&cookie) || !data.Empty() {
			return false
		}
		h.cookie = cookie
	}
	return true
}

func checkVersion(version uint16) error {
	if version < versionSSL30 || version > versionTLS13 {
		return malformed("a ServerHello of version %#04x", version)
	}
	return nil
}
