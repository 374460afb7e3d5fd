package quic

// Every limit on what a peer may make us read and keep, with its reason. Time is
// bounded by the context, which is the caller's.
const (
	// maxStream bounds the bytes of TLS of one encryption level: the largest
	// Certificate message and CertificateRequest that the records of TCP may
	// carry (package wire), and the small messages around them.
	maxStream = 400 << 10

	// maxAhead is how far a CRYPTO frame may be ahead of what came without a
	// gap: what is farther is dropped and has to come again. RFC 9000 section
	// 7.5 wants 4,096 at least.
	maxAhead = 64 << 10

	// maxSpans bounds the gaps: in what has come of a stream, and of packet
	// numbers. An honest network reorders a few packets.
	maxSpans = 64

	// maxReceived bounds all bytes of the server, as wire does, with room for
	// what comes twice.
	maxReceived = 1 << 20

	// maxDatagrams bounds how finely they may be chopped, and how much garbage
	// is waded through.
	maxDatagrams = 4096

	// maxEarly is how many packets wait that came before their keys.
	maxEarly = 16

	// maxToken bounds the token of a Retry: it takes room in each datagram that
	// says hello. Honest ones have 100 bytes or less.
	maxToken = 600

	// maxFrames bounds the frames of one packet; padding counts as none.
	maxFrames = 256
)
