package variant

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// policyOID is that of any or of a number.
func policyOID(name string) []byte {
	if name == "any" {
		return oid("2.5.29.32.0")
	}
	return oid("1.3.6.1.4.1.99999.1." + name)
}

// policies encodes certificatePolicies from 1,2,any or 1+qualifier or empty,
// and policyMappings from 1:2,3:any.
func policies(word, value string) []byte {
	var list []byte
	if value == "empty" {
		return sequence()
	}
	for item := range strings.SplitSeq(value, ",") {
		if word == "pm" {
			from, to, _ := strings.Cut(item, ":")
			list = append(list, sequence(policyOID(from), policyOID(to))...)
			continue
		}
		policy, qualifier, _ := strings.Cut(item, "+")
		var qualifiers []byte
		switch qualifier {
		case "cps":
			qualifiers = sequence(sequence(oid("1.3.6.1.5.5.7.2.1"), tlv(0x16, []byte("http://127.0.0.1/cps"))))
		case "unknown":
			qualifiers = sequence(sequence(oid("1.3.6.1.4.1.99999.5"), null()))
		}
		list = append(list, sequence(policyOID(policy), qualifiers)...)
	}
	return sequence(list)
}

// policyConstraints encodes require0, inhibit0, both as require0,inhibit1, or
// empty.
func policyConstraints(value string) ([]byte, error) {
	var list []byte
	if value == "empty" {
		return sequence(), nil
	}
	for item := range strings.SplitSeq(value, ",") {
		tag, count := byte(0x80), strings.TrimPrefix(item, "require")
		if count == item {
			tag, count = 0x81, strings.TrimPrefix(item, "inhibit")
		}
		n, err := strconv.Atoi(count)
		if err != nil {
			return nil, err
		}
		list = append(list, tlv(tag, []byte{byte(n)})...)
	}
	return sequence(list), nil
}

// subtree encodes the base of a constraint.
func subtree(kind, base string) []byte {
	if network, err := netip.ParsePrefix(base); kind == "ip" && err == nil {
		mask := make([]byte, network.Addr().BitLen()/8)
		for i := range network.Bits() {
			mask[i/8] |= 0x80 >> (i % 8)
		}
		return tlv(0x87, network.Addr().AsSlice(), mask)
	}
	if raw, err := hex.DecodeString(base); kind == "ip" && err == nil {
		return tlv(0x87, raw)
	}
	return generalName(kind, base)
}

// nameConstraints encodes +dns:a.test,-ip:10.0.0.0/8; the sign tells permitted
// from excluded. A network may be given as address and mask in hex.
func nameConstraints(value string) ([]byte, error) {
	if value == "empty" {
		return sequence(), nil
	}
	var lists [2][]byte
	for item := range strings.SplitSeq(value, ",") {
		which := strings.IndexByte("+-", item[0])
		kind, base, ok := strings.Cut(item[1:], ":")
		if which < 0 || !ok {
			return nil, fmt.Errorf("no constraint %q", item)
		}
		for _, one := range many(kind, base, "nc") {
			lists[which] = append(lists[which], sequence(subtree(one[0], one[1]))...)
		}
	}
	var out []byte
	for i, list := range lists {
		if list != nil {
			out = append(out, context(byte(i), list)...)
		}
	}
	return sequence(out), nil
}
