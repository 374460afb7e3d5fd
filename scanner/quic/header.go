package quic

import (
	"bytes"
	"crypto/subtle"
	"encoding/binary"

	"golang.org/x/crypto/cryptobyte"
)

// The types of long packets (RFC 9000 section 17.2).
const (
	typeInitial   = 0
	typeHandshake = 2
	typeRetry     = 3
)

// A header is what a long packet says in clear text.
type header struct {
	kind                byte
	version             uint32 // 0: version negotiation
	destination, source []byte
	packet              []byte // the packet alone, of what follows it in its datagram
	pn                  int    // where its packet number is
	rest                []byte // of a Retry and a version negotiation: what is behind the source
}

// parseHeader reads the long packet that b begins with; after is what follows
// it. It reports false for what is no long packet of this version.
func parseHeader(b []byte) (h header, after []byte, ok bool) {
	s := cryptobyte.String(b)
	var first uint8
	var destination, source cryptobyte.String
	if !s.ReadUint8(&first) || first&0x80 == 0 || !s.ReadUint32(&h.version) ||
		!s.ReadUint8LengthPrefixed(&destination) || !s.ReadUint8LengthPrefixed(&source) {
		return h, nil, false
	}
	h.kind, h.destination, h.source, h.rest = first>>4&3, destination, source, s
	if h.version == 0 {
		return h, nil, true
	}
	if h.version != version1 || len(destination) > maxID || len(source) > maxID || first&0x40 == 0 {
		return h, nil, false
	}
	switch h.kind {
	case typeRetry:
		h.packet = b
		return h, nil, true
	case typeInitial:
		var token []byte
		if !readVarintPrefixed(&s, &token) {
			return h, nil, false
		}
	case typeHandshake:
	default:
		return h, nil, false
	}
	var length uint64
	if !readVarint(&s, &length) || length > uint64(len(s)) {
		return h, nil, false
	}
	h.pn = len(b) - len(s)
	end := h.pn + int(length)
	h.packet = b[:end]
	return h, b[end:], true
}

// maxID is the length of the longest connection ID of version 1.
const maxID = 20

// offered are the versions of a version negotiation (section 17.2.1), at most
// some.
func (h *header) offered() (versions []uint32) {
	for list := h.rest; len(list) >= 4 && len(versions) < 16; list = list[4:] {
		versions = append(versions, binary.BigEndian.Uint32(list))
	}
	return versions
}

// retryToken is a Retry's token, if the Retry answers the hello that went to
// destination (RFC 9001 section 5.8).
func (h *header) retryToken(destination []byte) (token []byte, ok bool) {
	const tagLength = 16
	if len(h.rest) <= tagLength { // an empty token is to be discarded
		return nil, false
	}
	end := len(h.packet) - tagLength
	aead, err := newGCM([]byte("\xbe\x0c\x69\x0b\x9f\x66\x57\x5a\x1d\x76\x6b\x54\xe3\x68\xc8\x4e"))
	if err != nil {
		return nil, false
	}
	pseudo := append([]byte{byte(len(destination))}, destination...)
	pseudo = append(pseudo, h.packet[:end]...)
	tag := aead.Seal(nil, []byte("\x46\x15\x99\xd3\x5d\x63\x2b\xf2\x23\x98\x25\xbb"), nil, pseudo)
	if subtle.ConstantTimeCompare(tag, h.packet[end:]) == 0 {
		return nil, false
	}
	return bytes.Clone(h.rest[:len(h.rest)-tagLength]), true
}
