package variant

import (
	"math/big"
	"strconv"
	"strings"
)

// tlv is one element of DER.
func tlv(tag byte, parts ...[]byte) []byte {
	var content []byte
	for _, p := range parts {
		content = append(content, p...)
	}
	return append(append([]byte{tag}, length(len(content))...), content...)
}

func length(n int) []byte {
	if n < 128 {
		return []byte{byte(n)}
	}
	raw := big.NewInt(int64(n)).Bytes()
	return append([]byte{0x80 | byte(len(raw))}, raw...)
}

func sequence(parts ...[]byte) []byte { return tlv(0x30, parts...) }

func set(parts ...[]byte) []byte { return tlv(0x31, parts...) }

func octets(value []byte) []byte { return tlv(0x04, value) }

func null() []byte { return []byte{0x05, 0} }

// context is an element with a context-specific tag, constructed.
func context(n byte, parts ...[]byte) []byte { return tlv(0xa0|n, parts...) }

func bitString(value []byte, unused byte) []byte { return tlv(0x03, []byte{unused}, value) }

// positive is an INTEGER that is not negative.
func positive(n *big.Int) []byte {
	raw := n.Bytes()
	if len(raw) == 0 || raw[0] >= 0x80 {
		raw = append([]byte{0}, raw...)
	}
	return tlv(0x02, raw)
}

func number(n int64) []byte { return positive(big.NewInt(n)) }

// oid reads 1.2.3; it is for constants, and panics at anything else.
func oid(text string) []byte {
	var arcs []uint64
	for arc := range strings.SplitSeq(text, ".") {
		n, err := strconv.ParseUint(arc, 10, 64)
		if err != nil {
			panic(err)
		}
		arcs = append(arcs, n)
	}
	var content []byte
	for _, n := range append([]uint64{40*arcs[0] + arcs[1]}, arcs[2:]...) {
		raw := []byte{byte(n & 0x7f)}
		for n >>= 7; n > 0; n >>= 7 {
			raw = append([]byte{byte(n&0x7f) | 0x80}, raw...)
		}
		content = append(content, raw...)
	}
	return tlv(0x06, content)
}

// read cuts the first element off, tag and length included.
func read(der []byte) (element, content, rest []byte) {
	n, head := int(der[1]), 2
	if n >= 0x80 {
		head += n & 0x7f
		n = int(new(big.Int).SetBytes(der[2:head]).Int64())
	}
	return der[:head+n], der[head : head+n], der[head+n:]
}
