package quic

import (
	"encoding/binary"

	"golang.org/x/crypto/cryptobyte"
)

// readVarint reads an integer of variable length (RFC 9000 section 16).
func readVarint(s *cryptobyte.String, out *uint64) bool {
	var first uint8
	if !s.ReadUint8(&first) {
		return false
	}
	*out = uint64(first & 0x3f)
	for range 1<<(first>>6) - 1 {
		var next uint8
		if !s.ReadUint8(&next) {
			return false
		}
		*out = *out<<8 | uint64(next)
	}
	return true
}

// readVarintPrefixed reads bytes after their number.
func readVarintPrefixed(s *cryptobyte.String, out *[]byte) bool {
	var n uint64
	return readVarint(s, &n) && n <= uint64(len(*s)) && s.ReadBytes(out, int(n))
}

func appendVarint(b []byte, n uint64) []byte {
	switch {
	case n < 1<<6:
		return append(b, byte(n))
	case n < 1<<14:
		return binary.BigEndian.AppendUint16(b, uint16(n)|0x4000)
	case n < 1<<30:
		return binary.BigEndian.AppendUint32(b, uint32(n)|0x8000_0000)
	}
	return binary.BigEndian.AppendUint64(b, n|0xc000_0000_0000_0000)
}
