package quic

import "slices"

// spans are what has come of a row of numbers: half-open, ascending, with gaps
// between them.
type spans []span

type span struct{ from, to uint64 }

// add takes in a span, and reports false where that makes too many gaps.
func (s *spans) add(from, to uint64) bool {
	i := 0
	for i < len(*s) && (*s)[i].to < from {
		i++
	}
	j := i
	for j < len(*s) && (*s)[j].from <= to {
		from, to = min(from, (*s)[j].from), max(to, (*s)[j].to)
		j++
	}
	if i == j && len(*s) == maxSpans {
		return false
	}
	*s = slices.Replace(*s, i, j, span{from, to})
	return true
}

func (s spans) has(n uint64) bool {
	return slices.ContainsFunc(s, func(x span) bool { return x.from <= n && n < x.to })
}

// whole is where the first gap begins.
func (s spans) whole() uint64 {
	if len(s) == 0 || s[0].from > 0 {
		return 0
	}
	return s[0].to
}

// appendAck writes the ACK frame of packet numbers (RFC 9000 section 19.3).
func (s spans) appendAck(b []byte) []byte {
	last := s[len(s)-1]
	b = append(b, frameAck)
	b = appendVarint(b, last.to-1)
	b = appendVarint(b, 0) // delay
	const most = 16        // older ones have been acknowledged before
	older := s[max(0, len(s)-1-most) : len(s)-1]
	b = appendVarint(b, uint64(len(older)))
	b = appendVarint(b, last.to-1-last.from)
	above := last.from
	for _, x := range slices.Backward(older) {
		b = appendVarint(b, above-x.to-1)
		b = appendVarint(b, x.to-1-x.from)
		above = x.from
	}
	return b
}
