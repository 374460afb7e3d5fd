package variant

import (
	"encoding/hex"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// String types of names.
const (
	utf8      = 0x0c
	printable = 0x13
	teletex   = 0x14
	universal = 0x1c
	bmp       = 0x1e
)

const (
	oidC  = "2.5.4.6"
	oidO  = "2.5.4.10"
	oidCN = "2.5.4.3"
)

// text is one RDN of one attribute.
func text(tag byte, attribute, value string) []byte {
	return set(sequence(oid(attribute), tlv(tag, []byte(value))))
}

func name(rdns ...[]byte) []byte { return sequence(rdns...) }

// wide spreads text to characters of 2 or 4 bytes.
func wide(value string, size int) string {
	var out []byte
	for _, r := range value {
		for i := size - 1; i >= 0; i-- {
			out = append(out, byte(r>>(8*i)))
		}
	}
	return string(out)
}

// generalName encodes one name of a SAN or a constraint. Values are taken as
// they are, with %00 and the like for bytes that cannot be typed.
func generalName(kind, value string) []byte {
	if raw, err := url.PathUnescape(value); err == nil {
		value = raw
	}
	if number, ok := strings.CutPrefix(kind, "tag"); ok { // of any tag, whatever may stand in it
		tag, _ := strconv.Atoi(number)
		raw, _ := hex.DecodeString(value)
		return tlv(0x80|byte(tag), raw)
	}
	switch kind {
	case "email":
		return tlv(0x81, []byte(value))
	case "dns":
		return tlv(0x82, []byte(value))
	case "dir": // of an organization
		return tlv(0xa4, name(text(utf8, oidO, value)))
	case "uri":
		return tlv(0x86, []byte(value))
	case "hex": // an address of any length
		raw, _ := hex.DecodeString(value)
		return tlv(0x87, raw)
	case "ip":
		if address, err := netip.ParseAddr(value); err == nil {
			return tlv(0x87, address.AsSlice())
		}
		return tlv(0x87, []byte(value))
	case "rid":
		return tlv(0x88, []byte{0x2a, 3})
	}
	return tlv(0xa0, oid("1.3.6.1.4.1.99999.7"), context(0, tlv(utf8, []byte(value)))) // otherName
}

// generalNames reads dns:a.test,ip:127.0.0.1; many:1000 stands for so many DNS names.
func generalNames(list string) (out [][]byte) {
	for item := range strings.SplitSeq(list, ",") {
		kind, value, _ := strings.Cut(item, ":")
		for _, base := range many(kind, value, "san") {
			out = append(out, generalName(base[0], base[1]))
		}
	}
	return out
}

// many is the name of a kind, or as many DNS names as one of the kind "many" asks for;
// of one place, none is below one of another.
func many(kind, value, place string) [][2]string {
	if kind != "many" {
		return [][2]string{{kind, value}}
	}
	n, _ := strconv.Atoi(value)
	out := make([][2]string, n)
	for i := range out {
		out[i] = [2]string{"dns", "n" + strconv.Itoa(i) + "." + place}
	}
	return out
}
