package quic

import "golang.org/x/crypto/cryptobyte"

// The frames that packets of the handshake may hold (RFC 9000 section 12.4).
const (
	framePadding = 0x00
	framePing    = 0x01
	frameAck     = 0x02
	frameAckECN  = 0x03
	frameCrypto  = 0x06
	frameClose   = 0x1c
)

// frames takes in the frames of a packet. wanted is whether they want to be
// acknowledged; keep is false where the packet is to be forgotten, and come
// again.
func (c *conn) frames(s *space, payload []byte) (wanted, keep bool, err error) {
	rest := cryptobyte.String(payload)
	for count := 0; !rest.Empty(); count++ {
		if rest[0] == framePadding {
			rest.Skip(1)
			count--
			continue
		}
		if count == maxFrames {
			return false, false, malformed("over %d frames in a packet", maxFrames)
		}
		var kind uint64
		if !readVarint(&rest, &kind) {
			return false, false, malformed("a frame's type")
		}
		switch kind {
		case framePing:
			wanted = true
		case frameAck, frameAckECN:
			if !skipAck(&rest, kind == frameAckECN) {
				return false, false, malformed("an ACK frame")
			}
			c.heard = true
		case frameCrypto:
			var offset uint64
			var data []byte
			if !readVarint(&rest, &offset) || !readVarintPrefixed(&rest, &data) {
				return false, false, malformed("a CRYPTO frame")
			}
			wanted, c.heard = true, true
			if ok, err := s.in.add(offset, data); !ok || err != nil {
				return false, false, err
			}
		case frameClose:
			var code, frame uint64
			var reason []byte
			if !readVarint(&rest, &code) || !readVarint(&rest, &frame) || !readVarintPrefixed(&rest, &reason) {
				return false, false, malformed("a CONNECTION_CLOSE frame")
			}
			return false, false, closed(code, reason)
		default:
			return false, false, malformed("a frame of type %#x within the handshake", kind)
		}
	}
	return wanted, true, nil
}

// skipAck reads an ACK frame for its length only: what was lost of the little
// that a client has to say is all said again.
func skipAck(s *cryptobyte.String, ecn bool) bool {
	var largest, delay, ranges, n uint64
	if !readVarint(s, &largest) || !readVarint(s, &delay) || !readVarint(s, &ranges) || !readVarint(s, &n) {
		return false
	}
	if ranges > uint64(len(*s)) {
		return false
	}
	left := 2 * ranges // a gap and a length each
	if ecn {
		left += 3
	}
	for ; left > 0; left-- {
		if !readVarint(s, &n) {
			return false
		}
	}
	return true
}
