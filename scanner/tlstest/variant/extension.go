package variant

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// value encodes an extension; critical is whether it usually is.
func (c *certificate) value(word, value string) (encoded []byte, critical bool, err error) {
	switch word {
	case "eku":
		encoded, err = extendedUsage(value)
	case "ku":
		encoded, err = usage(value)
		return encoded, true, err
	case "bc":
		encoded, err = constraints(value)
		return encoded, true, err
	case "san", "ian":
		if value == "empty" {
			return sequence(), false, nil
		}
		return sequence(generalNames(value)...), false, nil
	case "nc":
		encoded, err = nameConstraints(value)
		return encoded, true, err
	case "cp", "pm":
		return policies(word, value), false, nil
	case "pc":
		encoded, err = policyConstraints(value)
		return encoded, true, err
	case "iap":
		n, err := strconv.Atoi(value)
		return number(int64(n)), true, err
	case "aki":
		encoded, err = c.authorityKey(value)
	case "ski":
		return octets([]byte(value + "-is-no-hash-of-any")), false, nil
	case "aia":
		return sequence(sequence(oid("1.3.6.1.5.5.7.48.2"), generalName("uri", "http://127.0.0.1:9/ca.crt"))), false, nil
	case "cdp":
		return sequence(sequence(context(0, context(0, generalName("uri", "http://127.0.0.1:9/ca.crl"))))), false, nil
	case "nscert":
		return bitString([]byte{0x40}, 6), false, nil
	case "pkup": // has ended
		return sequence(tlv(0x80, []byte("20200101000000Z")), tlv(0x81, []byte("20210101000000Z"))), false, nil
	case "staple":
		return sequence(number(5)), false, nil
	case "unk":
		encoded, err = hex.DecodeString(value)
	}
	return encoded, false, err
}

func extendedUsage(value string) ([]byte, error) {
	purposes := map[string]string{
		"server": serverAuth, "client": "1.3.6.1.5.5.7.3.2", "code": "1.3.6.1.5.5.7.3.3", "email": "1.3.6.1.5.5.7.3.4",
		"ocsp": "1.3.6.1.5.5.7.3.9", "any": "2.5.29.37.0", "stepup": "2.16.840.1.113730.4.1", "unknown": "1.3.6.1.4.1.99999.3",
	}
	if value == "empty" {
		return sequence(), nil
	}
	var list []byte
	for purpose := range strings.SplitSeq(value, ",") {
		id, ok := purposes[purpose]
		if !ok {
			return nil, fmt.Errorf("no purpose %q", purpose)
		}
		list = append(list, oid(id)...)
	}
	return sequence(list), nil
}

func usage(value string) ([]byte, error) {
	switch value {
	case "empty":
		return bitString(nil, 0), nil
	case "nonder": // trailing zero bits
		return bitString([]byte{0xa0, 0}, 0), nil
	}
	var bits byte
	for item := range strings.SplitSeq(value, ",") {
		bit, ok := map[string]byte{"ds": 0x80, "nr": 0x40, "ke": 0x20, "de": 0x10, "ka": 0x08, "cs": 0x04, "crl": 0x02}[item]
		if !ok {
			return nil, fmt.Errorf("no usage %q", item)
		}
		bits |= bit
	}
	return usageBits(bits), nil
}

func constraints(value string) ([]byte, error) {
	truth := isCritical()
	switch value {
	case "ca":
		return sequence(truth), nil
	case "false":
		return sequence(), nil
	case "falsewritten":
		return sequence([]byte{1, 1, 0}), nil
	case "falsepath":
		return sequence(number(0)), nil
	case "ber":
		return sequence([]byte{1, 1, 1}), nil
	case "huge":
		return sequence(truth, huge()), nil
	case "negative":
		return sequence(truth, tlv(2, []byte{0xff})), nil
	}
	n, err := strconv.Atoi(value)
	return sequence(truth, number(int64(n))), err
}

// authorityKey identifies the issuer by key, or by name and serial number.
func (c *certificate) authorityKey(value string) ([]byte, error) {
	if c.issuer == nil {
		if value == "self" {
			return sequence(tlv(0x80, c.key.id())), nil
		}
		return sequence(tlv(0x80, []byte("another key than its"))), nil
	}
	switch value {
	case "wrong":
		return sequence(tlv(0x80, []byte("another key than its"))), nil
	case "empty":
		return sequence(), nil
	case "serial":
		return sequence(tlv(0x80, c.issuer.key.id()), context(1, tlv(0xa4, c.issuer.by)), tlv(0x82, c.issuer.serial)), nil
	case "serialonly":
		return sequence(context(1, tlv(0xa4, c.issuer.by)), tlv(0x82, c.issuer.serial)), nil
	case "serialwrong":
		return sequence(context(1, tlv(0xa4, c.issuer.by)), tlv(0x82, []byte{1, 2, 3})), nil
	}
	return nil, fmt.Errorf("no such identifier")
}
