package cert

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// A Name is a distinguished name in three forms: as it stands in the
// certificate, for people, and for matching.
type Name struct {
	DER    []byte // the whole RDNSequence
	Text   string // RFC 4514, most specific first
	Canon  string // equal for names that RFC 5280 section 7.1 calls the same: string type, letter case and inner spaces ignored
	Common string // the last common name, or else the last organizational unit or organization

	common bool // Common is a common name
}

// CommonName is the last common name; empty if there is none.
func (n Name) CommonName() string {
	if n.common {
		return n.Common
	}
	return ""
}

// Empty reports whether the name has no attribute at all.
func (n Name) Empty() bool { return n.Text == "" }

// longestOrdered bounds the work for the order of names, which whoever makes
// certificates may make long.
const longestOrdered = 1 << 10

// SameParts reports whether two names consist of the same parts, in whatever order.
func (n Name) SameParts(o Name) bool {
	if len(n.Canon) != len(o.Canon) || len(n.Canon) > longestOrdered { // so for nearly all
		return false
	}
	sum := 0
	for i := range len(n.Canon) {
		sum += int(n.Canon[i]) - int(o.Canon[i])
	}
	if sum != 0 {
		return false
	}
	a, b := strings.SplitAfter(n.Canon, "\x01"), strings.SplitAfter(o.Canon, "\x01")
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// shortNames are the attribute keywords of RFC 4514 section 3 and the few
// others that every tool prints by name.
var shortNames = map[string]string{
	"2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST",
	"2.5.4.9": "STREET", "2.5.4.10": "O", "2.5.4.11": "OU",
	"2.5.4.5": "serialNumber", "2.5.4.15": "businessCategory",
	"2.5.4.97":                   "organizationIdentifier",
	"0.9.2342.19200300.100.1.25": "DC", "0.9.2342.19200300.100.1.1": "UID",
	"1.2.840.113549.1.9.1":     "emailAddress",
	"1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC", "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST",
	"1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL",
}

// ParseName reads an RDNSequence. ok is false if the bytes are no name; odd
// says that some string in it is not what its type promises.
func ParseName(der []byte) (n Name, odd, ok bool) {
	n, traits, ok := parseName(der)
	return n, !traits.And(oddStrings).Empty(), ok
}

// oddStrings are the traits of names of which some string is not what its type
// promises.
var oddStrings = Of(BadUTF8, badString)

// badString is a string that is odd in a way that no client was seen to mind.
const badString = numTraits

func parseName(der []byte) (n Name, traits Traits, ok bool) {
	n.DER = der
	in := cryptobyte.String(der)
	var rdns cryptobyte.String
	if !in.ReadASN1(&rdns, cbasn1.SEQUENCE) || !in.Empty() {
		return n, traits, false
	}
	texts := make([]string, 0, 8)
	var canon strings.Builder
	canon.Grow(2 * len(der))
	var ou, o string
	for !rdns.Empty() {
		var set cryptobyte.String
		if !rdns.ReadASN1(&set, cbasn1.SET) {
			return n, traits, false
		}
		var part strings.Builder // a set may have thousands
		if set.Empty() {
			traits.Add(EmptyRDN)
		}
		for !set.Empty() {
			var attr, element, value cryptobyte.String
			var oid string
			var tag cbasn1.Tag
			if !set.ReadASN1(&attr, cbasn1.SEQUENCE) || !readOID(&attr, &oid) ||
				!attr.ReadAnyASN1Element(&element, &tag) || !attr.Empty() {
				return n, traits, false
			}
			whole := element
			element.ReadAnyASN1(&value, nil)
			text, good := decodeString(tag, value)
			shown := escape4514(text)
			if text == "" && len(value) > 0 { // no string: RFC 4514 section 2.4
				text = "#" + hex.EncodeToString(whole)
				shown = text
			}
			switch {
			case tag == cbasn1.UTF8String && !good:
				traits.Add(BadUTF8)
			case !good:
				traits.Add(badString)
			case tag == universalString:
				traits.Add(UniversalName)
			}
			if tag == cbasn1.PrintableString && !isPrintable(value) {
				traits.Add(BadPrintable)
			}
			key := shortNames[oid]
			if key == "" {
				key = oid
			}
			if part.Len() > 0 {
				part.WriteByte('+')
			}
			part.WriteString(key)
			part.WriteByte('=')
			part.WriteString(shown)
			canon.WriteString(oid)
			canon.WriteByte('=')
			fold(&canon, text)
			canon.WriteByte(0)
			switch key {
			case "CN":
				n.Common, n.common = text, true
			case "OU":
				ou = text
			case "O":
				o = text
			}
		}
		canon.WriteByte(1)
		texts = append(texts, part.String())
	}
	slices.Reverse(texts)
	n.Text = strings.Join(texts, ",")
	n.Canon = canon.String()
	n.common = n.common && n.Common != ""
	if n.Common == "" {
		n.Common = ou
	}
	if n.Common == "" {
		n.Common = o
	}
	return n, traits, true
}

// decodeString reads an ASN.1 string of any of the types that RFC 5280
// section 4.1.2.4 and older practice put into names. What is not text gives "".
func decodeString(tag cbasn1.Tag, b []byte) (text string, good bool) {
	const (
		numeric = cbasn1.Tag(18)
		bmp     = cbasn1.Tag(30)
		visible = cbasn1.Tag(26)
	)
	switch tag {
	case cbasn1.UTF8String:
		return strings.ToValidUTF8(string(b), "\uFFFD"), utf8.Valid(b)
	case cbasn1.PrintableString, cbasn1.IA5String, numeric, visible:
		good = true
		for _, c := range b {
			good = good && c < 0x80
		}
		if good {
			return string(b), true
		}
		return latin1(b), false
	case cbasn1.T61String: // read as ISO 8859-1, as every client does
		return latin1(b), true
	case bmp:
		if len(b)%2 != 0 {
			return "", false
		}
		u := make([]uint16, 0, len(b)/2)
		for i := 0; i < len(b); i += 2 {
			u = append(u, uint16(b[i])<<8|uint16(b[i+1]))
		}
		return string(utf16.Decode(u)), true
	case universalString:
		if len(b)%4 != 0 {
			return "", false
		}
		var s strings.Builder
		for i := 0; i < len(b); i += 4 {
			s.WriteRune(rune(b[i])<<24 | rune(b[i+1])<<16 | rune(b[i+2])<<8 | rune(b[i+3]))
		}
		return s.String(), true
	}
	return "", false
}

const universalString = cbasn1.Tag(28)

// isPrintable reports whether b has no other characters than a PrintableString
// may have (X.680 section 41.4); '*' and '&', which many have in it, count as
// such: no client minds them.
func isPrintable(b []byte) bool {
	for _, c := range b {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(" '()+,-./:=?*&", c) >= 0) {
			return false
		}
	}
	return true
}

func latin1(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// fold writes a value in the form in which RFC 5280 section 7.1 compares it:
// lower case, white space trimmed and each run of it one space.
func fold(out *strings.Builder, s string) {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' {
			out.WriteString(strings.ToLower(strings.Join(strings.Fields(s), " ")))
			return
		}
	}
	s = strings.Trim(s, " ")
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ' && s[i-1] == ' ':
		case 'A' <= c && c <= 'Z':
			out.WriteByte(c + 'a' - 'A')
		default:
			out.WriteByte(c)
		}
	}
}

// escape4514 escapes a value as RFC 4514 section 2.4 asks. Control characters
// stay: cleaning is for the border where text is shown.
func escape4514(s string) string {
	if !strings.ContainsAny(s, "\"+,;<>\\\x00") && !strings.HasPrefix(s, " ") &&
		!strings.HasPrefix(s, "#") && !strings.HasSuffix(s, " ") {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == 0:
			b.WriteString(`\00`)
			continue
		case strings.ContainsRune(`"+,;<>\`, r),
			i == 0 && (r == ' ' || r == '#'),
			i == len(s)-1 && r == ' ':
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
