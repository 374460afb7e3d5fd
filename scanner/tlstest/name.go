package tlstest

import (
	"encoding/asn1"
	"fmt"
	"strings"
	"unicode/utf16"
)

// The string types that attributes of a name are encoded as.
const (
	utf8      = asn1.TagUTF8String
	printable = asn1.TagPrintableString
	t61       = asn1.TagT61String
	ia5       = asn1.TagIA5String
	bmp       = asn1.TagBMPString
)

// An attribute is one part of a name. Value is encoded as it is, hostile or
// not, but for bmp, which makes it UTF-16.
type attribute struct {
	Type  string // CN, O, OU, C, L, ST, serialNumber, emailAddress, or a dotted OID
	Value string
	Tag   int // 0 means utf8, and printable for C
}

// encodeName encodes a distinguished name, attributes in the given order, each in an
// RDN of its own.
func encodeName(attributes ...attribute) ([]byte, error) {
	type pair struct {
		Type  asn1.ObjectIdentifier
		Value asn1.RawValue
	}
	rdns := []asn1.RawValue{}
	for _, a := range attributes {
		oid, err := attributeType(a.Type)
		if err != nil {
			return nil, err
		}
		value := []byte(a.Value)
		switch {
		case a.Tag == 0 && a.Type == "C":
			a.Tag = printable
		case a.Tag == 0:
			a.Tag = utf8
		case a.Tag == bmp:
			value = nil
			for _, unit := range utf16.Encode([]rune(a.Value)) {
				value = append(value, byte(unit>>8), byte(unit))
			}
		}
		der, err := asn1.Marshal(pair{oid, asn1.RawValue{Tag: a.Tag, Bytes: value}})
		if err != nil {
			return nil, err
		}
		rdns = append(rdns, asn1.RawValue{Tag: asn1.TagSet, IsCompound: true, Bytes: der})
	}
	return asn1.Marshal(rdns)
}

func attributeType(name string) (asn1.ObjectIdentifier, error) {
	types := map[string]asn1.ObjectIdentifier{
		"CN": {2, 5, 4, 3}, "O": {2, 5, 4, 10}, "OU": {2, 5, 4, 11}, "C": {2, 5, 4, 6},
		"L": {2, 5, 4, 7}, "ST": {2, 5, 4, 8}, "serialNumber": {2, 5, 4, 5},
		"emailAddress": {1, 2, 840, 113549, 1, 9, 1},
	}
	if oid, ok := types[name]; ok {
		return oid, nil
	}
	oid, err := parseOID(name)
	if err != nil {
		return nil, fmt.Errorf("no attribute type %q: want CN, O, OU, C, L, ST, serialNumber, emailAddress or a dotted OID", name)
	}
	return oid, nil
}

// parseName reads "CN=Example CA,O=Example,C=XX". A comma in a value is written
// \, and a type may name the string type: CN:bmp=..., with utf8, printable,
// t61, ia5 or bmp.
func parseName(text string) ([]byte, error) {
	var attributes []attribute
	for _, part := range splitEscaped(text) {
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return nil, fmt.Errorf("name %q: %q is not TYPE=VALUE", text, part)
		}
		name, tagName, _ := strings.Cut(strings.TrimSpace(name), ":")
		tag, ok := map[string]int{"": 0, "utf8": utf8, "printable": printable, "t61": t61, "ia5": ia5, "bmp": bmp}[tagName]
		if !ok {
			return nil, fmt.Errorf("name %q: no string type %q: want utf8, printable, t61, ia5 or bmp", text, tagName)
		}
		attributes = append(attributes, attribute{name, value, tag})
	}
	return encodeName(attributes...)
}

// splitEscaped cuts at commas that have no backslash before them.
func splitEscaped(text string) []string {
	if text == "" {
		return nil
	}
	var parts []string
	var part strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
			part.WriteByte(text[i])
		case text[i] == ',':
			parts = append(parts, part.String())
			part.Reset()
		default:
			part.WriteByte(text[i])
		}
	}
	return append(parts, part.String())
}
