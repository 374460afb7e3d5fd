package cert

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Parse reads one certificate entry as a server sent it. The error says what
// in it cannot be read; everything that some client tolerates is a Deviation
// instead. The certificate aliases der.
func Parse(der []byte) (*Certificate, error) {
	c := &Certificate{Raw: der, SHA256: sha256.Sum256(der), MaxPathLen: -1}
	in := cryptobyte.String(der)
	var body, tbs, alg, sig cryptobyte.String
	if !in.ReadASN1(&body, cbasn1.SEQUENCE) {
		return nil, fmt.Errorf("not a DER SEQUENCE (%s)", looksLike(der))
	}
	if !in.Empty() {
		c.note(TrailingData)
	}
	if !body.ReadASN1Element(&tbs, cbasn1.SEQUENCE) {
		return nil, errors.New("the part that is signed is malformed")
	}
	if !body.ReadASN1Element(&alg, cbasn1.SEQUENCE) {
		return nil, errors.New("the signature algorithm is malformed")
	}
	if !body.ReadASN1(&sig, cbasn1.BIT_STRING) || len(sig) < 1 {
		return nil, errors.New("the signature is malformed")
	}
	if !body.Empty() {
		c.note(TrailingData)
	}
	c.TBS, c.Signature = tbs, sig[1:]
	c.SignatureAlg = parseSignatureAlg(alg)
	if err := c.parseTBS(tbs, alg); err != nil {
		return nil, err
	}
	return c, nil
}

func looksLike(b []byte) string {
	switch {
	case len(b) == 0:
		return "it is empty"
	case bytes.HasPrefix(bytes.TrimSpace(b), []byte("-----BEGIN")):
		return "it is PEM text"
	case b[0] == 0x30:
		return "its length does not fit"
	}
	return fmt.Sprintf("it begins with the byte 0x%02x", b[0])
}

func (c *Certificate) parseTBS(tbs, outerAlg cryptobyte.String) error {
	var in, alg cryptobyte.String
	tbs.ReadASN1(&in, cbasn1.SEQUENCE)

	var version cryptobyte.String
	var hasVersion bool
	c.Version = 1
	if !in.ReadOptionalASN1(&version, &hasVersion, cbasn1.Tag(0).Constructed().ContextSpecific()) {
		return errors.New("the version is malformed")
	}
	if hasVersion {
		var v int
		if !version.ReadASN1Integer(&v) || v < 0 || v > 2 {
			return errors.New("the version is none of 1, 2 and 3")
		}
		c.Version = v + 1
	}
	var serial cryptobyte.String
	if !in.ReadASN1(&serial, cbasn1.INTEGER) || len(serial) == 0 {
		return errors.New("the serial number is malformed")
	}
	c.setSerial(serial)
	if !in.ReadASN1Element(&alg, cbasn1.SEQUENCE) {
		return errors.New("the inner signature algorithm is malformed")
	}
	if !bytes.Equal(alg, outerAlg) {
		c.note(AlgorithmMismatch)
	}
	var err error
	if c.Issuer, err = c.readName(&in, "issuer"); err != nil {
		return err
	}
	var validity cryptobyte.String
	if !in.ReadASN1(&validity, cbasn1.SEQUENCE) ||
		!c.readTime(&validity, &c.NotBefore) || !c.readTime(&validity, &c.NotAfter) {
		return errors.New("the validity period is malformed")
	}
	if c.Subject, err = c.readName(&in, "subject"); err != nil {
		return err
	}
	var spki cryptobyte.String
	if !in.ReadASN1Element(&spki, cbasn1.SEQUENCE) {
		return errors.New("the public key is malformed")
	}
	var odd bool
	if c.Key, odd = ParseKey(spki); odd {
		c.note(BadKey)
	}
	var skip cryptobyte.String
	for _, tag := range []cbasn1.Tag{1, 2} { // unique identifiers, primitive BIT STRINGs
		var has bool
		if !in.ReadOptionalASN1(&skip, &has, tag.ContextSpecific()) {
			return errors.New("a unique identifier is malformed")
		}
	}
	var exts cryptobyte.String
	var hasExts bool
	if !in.ReadOptionalASN1(&exts, &hasExts, cbasn1.Tag(3).Constructed().ContextSpecific()) {
		return errors.New("the extensions are malformed")
	}
	if !in.Empty() {
		c.note(TrailingData)
	}
	if !hasExts {
		return nil
	}
	if c.Version != 3 {
		c.note(ExtensionsInOld)
	}
	return c.parseExtensions(exts)
}

// setSerial keeps the INTEGER's content octets and notes what RFC 5280 section
// 4.1.2.2 forbids.
func (c *Certificate) setSerial(s []byte) {
	c.Serial = s
	switch {
	case s[0]&0x80 != 0:
		c.note(NegativeSerial)
	case len(bytes.Trim(s, "\x00")) == 0:
		c.note(ZeroSerial)
	}
	if len(s) > 1 && (s[0] == 0 && s[1]&0x80 == 0 || s[0] == 0xff && s[1]&0x80 != 0) {
		c.note(BadSerial)
	}
	if len(s) > 21 || len(s) == 21 && s[0] != 0 {
		c.note(LongSerial)
	}
}

func (c *Certificate) readName(in *cryptobyte.String, which string) (Name, error) {
	var der cryptobyte.String
	if !in.ReadASN1Element(&der, cbasn1.SEQUENCE) {
		return Name{}, fmt.Errorf("the %s is malformed", which)
	}
	n, odd, ok := ParseName(der)
	if !ok {
		return n, fmt.Errorf("the %s is malformed", which)
	}
	if odd {
		c.note(BadString)
	}
	return n, nil
}

// readTime reads a UTCTime or GeneralizedTime. RFC 5280 section 4.1.2.5 wants
// seconds and a Z; older software left the seconds out or gave an offset, which
// many clients still read.
func (c *Certificate) readTime(in *cryptobyte.String, out *time.Time) bool {
	var b cryptobyte.String
	var tag cbasn1.Tag
	if !in.ReadAnyASN1(&b, &tag) || tag != cbasn1.UTCTime && tag != cbasn1.GeneralizedTime {
		return false
	}
	s := string(b)
	digits := strings.IndexAny(s, "Z+-.")
	if digits < 0 {
		digits = len(s)
	}
	year := 2
	if tag == cbasn1.GeneralizedTime {
		year = 4
	}
	rest := digits - year
	if rest != 8 && rest != 10 { // MMDDhhmm, with or without ss
		return false
	}
	for i := range digits {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	y, _ := strconv.Atoi(s[:year])
	if tag == cbasn1.UTCTime { // RFC 5280 section 4.1.2.5.1
		y += 1900
		if y < 1950 {
			y += 100
		}
	}
	layout := "01021504"
	if rest == 10 {
		layout = "0102150405"
	}
	zone := s[digits:]
	if i := strings.IndexAny(zone, "Z+-"); i > 0 && zone[0] == '.' {
		zone = zone[i:] // a fraction of a second
	}
	switch {
	case zone == "Z":
		zone = "+0000"
	case len(zone) == 5:
	default:
		return false
	}
	t, err := time.Parse("2006"+layout+"-0700", fmt.Sprintf("%04d", y)+s[year:digits]+zone)
	if err != nil {
		return false
	}
	if rest != 10 || s[digits:] != "Z" {
		c.note(BadTime)
	}
	*out = t.UTC()
	return true
}

func readOID(in *cryptobyte.String, out *string) bool {
	var b cryptobyte.String
	if !in.ReadASN1(&b, cbasn1.OBJECT_IDENTIFIER) || len(b) == 0 || len(b) > 64 {
		return false
	}
	if len(b) == 3 && b[0] == 0x55 && b[1] == 4 && int(b[2]) < len(attributeOIDs) {
		*out = attributeOIDs[b[2]]
		return true
	}
	*out = oidString(b)
	return *out != ""
}

// attributeOIDs are those that names are made of, so that the commonest OIDs
// of all need no writing.
var attributeOIDs = [...]string{
	"2.5.4.0", "2.5.4.1", "2.5.4.2", "2.5.4.3", "2.5.4.4", "2.5.4.5", "2.5.4.6",
	"2.5.4.7", "2.5.4.8", "2.5.4.9", "2.5.4.10", "2.5.4.11", "2.5.4.12",
}

// oidString writes an OID's content octets in dotted form; arcs beyond 63 bits
// make it empty.
func oidString(b []byte) string {
	var room [64]byte
	s := room[:0]
	var arc uint64
	for i, x := range b {
		if arc >= 1<<56 {
			return ""
		}
		arc = arc<<7 | uint64(x&0x7f)
		if x&0x80 != 0 {
			if i == len(b)-1 {
				return ""
			}
			continue
		}
		if len(s) == 0 {
			top := min(arc/40, 2)
			s = strconv.AppendUint(s, top, 10)
			arc -= top * 40
		}
		s = append(s, '.')
		s = strconv.AppendUint(s, arc, 10)
		arc = 0
	}
	return string(s)
}

func parseSignatureAlg(der []byte) SignatureAlg {
	in := cryptobyte.String(der)
	var seq cryptobyte.String
	var oid string
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !readOID(&seq, &oid) {
		return SignatureAlg{Name: "unreadable", Key: UnknownKey}
	}
	if oid == oidPSS {
		return parsePSS(seq)
	}
	alg, ok := signatureAlgs[oid]
	if !ok {
		return SignatureAlg{Name: oid, OID: oid, Key: UnknownKey}
	}
	alg.OID = oid
	return alg
}

// parsePSS reads RSASSA-PSS-params as far as the hashes (RFC 4055 section 3.1),
// which are SHA-1 where they are absent. With a hash that is not known, or a
// mask made by another one, the algorithm is none that can be checked.
func parsePSS(params cryptobyte.String) SignatureAlg {
	unknown := SignatureAlg{Name: "RSA-PSS", OID: oidPSS, Key: UnknownKey}
	var seq, mgf, mask cryptobyte.String
	var has bool
	hash, maskHash := oidSHA1, oidSHA1
	if params.ReadASN1(&seq, cbasn1.SEQUENCE) {
		if !readPSSHash(&seq, &hash) ||
			!seq.ReadOptionalASN1(&mgf, &has, cbasn1.Tag(1).Constructed().ContextSpecific()) {
			return unknown
		}
		if has {
			var oid string
			if !mgf.ReadASN1(&mask, cbasn1.SEQUENCE) || !readOID(&mask, &oid) || oid != oidMGF1 || !readHash(&mask, &maskHash) {
				return unknown
			}
		}
	}
	h := pssHashes[hash]
	if h.hash == 0 || hash != maskHash {
		return unknown
	}
	return SignatureAlg{Name: h.name + "-RSAPSS", OID: oidPSS, Key: RSA, Hash: h.hash}
}

func readPSSHash(in *cryptobyte.String, oid *string) bool {
	var tagged cryptobyte.String
	var has bool
	return in.ReadOptionalASN1(&tagged, &has, cbasn1.Tag(0).Constructed().ContextSpecific()) && (!has || readHash(&tagged, oid))
}

// readHash reads the OID of a hash's AlgorithmIdentifier.
func readHash(in *cryptobyte.String, oid *string) bool {
	var alg cryptobyte.String
	return in.ReadASN1(&alg, cbasn1.SEQUENCE) && readOID(&alg, oid)
}
