package quic

import (
	"fmt"

	"github.com/tlschain/tlschain/scanner/wire"
)

// A stream are the server's bytes of TLS at one encryption level, put together
// from CRYPTO frames.
type stream struct {
	data []byte // what has come; what is behind the first gap has holes
	have spans
	read int // of data, what TLS has had
}

// add takes in the data of a frame. ok is false where it is too far ahead.
func (s *stream) add(offset uint64, data []byte) (ok bool, err error) {
	end := offset + uint64(len(data)) // both below 2^62
	if end > maxStream {
		return false, fmt.Errorf("%w: a stream of over %d bytes", wire.ErrTooLarge, maxStream)
	}
	if end > s.have.whole()+maxAhead {
		return false, nil
	}
	if len(data) == 0 {
		return true, nil
	}
	if !s.have.add(offset, end) {
		return false, malformed("over %d gaps in its handshake", maxSpans)
	}
	if more := int(end) - len(s.data); more > 0 {
		s.data = append(s.data, make([]byte, more)...)
	}
	copy(s.data[offset:], data)
	return true, nil
}

// next is what has come since the last call, up to the first gap.
func (s *stream) next() []byte {
	from := s.read
	s.read = int(s.have.whole())
	return s.data[from:s.read]
}

// whole is all up to the first gap.
func (s *stream) whole() []byte { return s.data[:s.have.whole()] }
