package wire

// Every limit on what a peer may make us read, with its reason. What a peer
// sends beyond them is ErrTooLarge or ErrMalformed. Time is bounded by the
// deadline on the connection, which is the caller's.
const (
	// maxCertificateMessage bounds the Certificate message. OpenSSL's clients
	// stop at 100 KiB (SSL_MAX_CERT_LIST_DEFAULT), GnuTLS's at 128 KiB
	// (gnutls_handshake_set_max_packet_length), crypto/tls at 256 KiB: what no
	// client reads need not be judged.
	maxCertificateMessage = 256 << 10

	// maxMessage bounds every other message, as crypto/tls does. The largest
	// honest one is a CertificateRequest that lists some hundred CA names.
	maxMessage = 64 << 10

	// maxMessages may come before the Certificate message is over: ServerHello
	// twice, EncryptedExtensions, CertificateRequest, Certificate, and a few
	// HelloRequests, which mean nothing (RFC 5246 section 7.4.1.1).
	maxMessages = 16

	// maxCertificates bounds the entries of the list. OpenSSL looks at 100
	// certificates at most (X509_VERIFY_PARAM depth), and the longest honest
	// list has less than ten; 256 KiB of one-byte entries would be 65,536.
	maxCertificates = 200

	// maxSCTs bounds the timestamps of the TLS extension; honest lists have two
	// or three.
	maxSCTs = 64

	// maxRecord is the longest payload: 2^14 plain, 256 more in TLS 1.3, 2048
	// more before (RFC 8446 section 5.2, RFC 5246 section 6.2.3).
	maxRecord = 1<<14 + 2048

	// maxRecords bounds how finely a flight may be chopped. The largest flight
	// in records of 512 bytes, the smallest that max_fragment_length can ask
	// for (RFC 6066 section 4), needs 650.
	maxRecords = 4096

	// maxIdleRecords may come in a row without a handshake byte: empty ones,
	// warnings, ChangeCipherSpec. crypto/tls allows 16.
	maxIdleRecords = 16

	// maxFlight bounds all bytes of the server until the handshake ends: a
	// full Certificate message, a CertificateRequest, ServerKeyExchange with a
	// large group, and the records around them.
	maxFlight = maxCertificateMessage + 2*maxMessage + 64<<10

	// maxKept is the largest buffer that goes back to the pool: honest flights
	// take under 16 KiB, and one hostile peer must not make a thousand
	// connections hold a hostile peer's worth of memory.
	maxKept = 32 << 10
)
