// Package wire reads the raw Certificate message of a TLS handshake: from the
// tape of a handshake that crypto/tls held, whatever it thought of the
// certificates, and from the answer to a bare ClientHello of its own.
//
// It parses no certificate, trusts nobody and proves nothing: that the peer
// has the key is for crypto/tls to say. It never goes beyond the Certificate
// message, sends no application data, and reads no more than limits.go allows.
package wire

// Presented is what a server showed of itself.
type Presented struct {
	Version uint16   // TLS version as in crypto/tls; 0x0300 is SSL 3.0
	Cipher  uint16   // cipher suite, as registered with IANA
	Chain   [][]byte // the entries of the Certificate message as sent; at least one
	Staple  []byte   // the OCSP response that came with the leaf, if any
	SCTs    [][]byte // the signed certificate timestamps of the TLS extension that came with the leaf, if any
	Request *Request // for a certificate of the client's, as far as it was read; nil: none was seen
}

// Versions and numbers of the protocol (RFC 8446 sections 4, 4.2, 5.1 and 6;
// RFC 6101 for SSL 3.0).
const (
	versionSSL30 = 0x0300
	versionTLS10 = 0x0301
	versionTLS12 = 0x0303
	versionTLS13 = 0x0304

	recordChangeCipherSpec = 20
	recordAlert            = 21
	recordHandshake        = 22
	recordApplicationData  = 23

	messageHelloRequest        = 0
	messageServerHello         = 2
	messageEncryptedExtensions = 8
	messageCertificate         = 11
	messageServerKeyExchange   = 12
	messageCertificateRequest  = 13
	messageCertificateStatus   = 22
	messageHash                = 254

	extensionServerName          = 0
	extensionStatusRequest       = 5
	extensionSupportedGroups     = 10
	extensionPointFormats        = 11
	extensionSignatureAlgorithms = 13
	extensionSCTs                = 18 // RFC 6962 section 3.3.1
	extensionPadding             = 21
	extensionMasterSecret        = 23
	extensionSupportedVersions   = 43
	extensionCookie              = 44
	extensionAuthorities         = 47
	extensionKeyShare            = 51

	alertWarning      = 1
	alertCloseNotify  = 0
	alertUserCanceled = 90
)
