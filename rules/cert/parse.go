package cert

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Parse reads one certificate entry as a server sent it. The error says what
// in it cannot be read; everything that some client tolerates is a [Deviation]
// instead. The certificate aliases der.
func Parse(der []byte) (*Certificate, error) {
	c := &Certificate{Raw: der, SHA256: sha256.Sum256(der), MaxPathLen: -1}
	var tbs, alg, sig cryptobyte.String
	body, ok := c.outermost(der)
	if !ok {
		return nil, fmt.Errorf("not a DER SEQUENCE (%s)", looksLike(der))
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
	if sig[0] != 0 {
		c.Traits.Add(SignatureBits)
		if sig[len(sig)-1]&(1<<(sig[0]&7)-1) != 0 {
			c.Traits.Add(SignatureCut)
		}
	}
	c.TBS, c.Signature = tbs, sig[1:]
	c.SignatureAlg = ParseSignatureAlg(alg)
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
		if !version.ReadASN1Integer(&v) || v < 0 || v > 99 {
			return errors.New("the version is none of 1, 2 and 3")
		}
		c.Version = v + 1
	}
	switch {
	case c.Version == 1:
		c.Traits.Add(Version1)
	case c.Version > 3:
		c.Version = 3
		c.Traits.Add(Version4)
		c.note(BadVersion)
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
		if ParseSignatureAlg(alg).OID != c.SignatureAlg.OID {
			c.Traits.Add(AlgorithmDiffers)
		} else {
			c.Traits.Add(ParameterDiffers)
		}
	}
	var err error
	if c.Issuer, err = c.readName(&in, "issuer"); err != nil {
		return err
	}
	if !c.readValidity(&in) {
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
		if has {
			c.Traits.Add(UniqueID)
		}
	}
	var exts cryptobyte.String
	var hasExts bool
	if !in.ReadOptionalASN1(&exts, &hasExts, cbasn1.Tag(3).Constructed().ContextSpecific()) {
		return errors.New("the extensions are malformed")
	}
	if !in.Empty() {
		c.note(TrailingData)
		c.Traits.Add(TrailingTBS)
	}
	if !hasExts {
		if c.Version == 3 {
			c.Traits.Add(NoExtensions)
		}
		c.noteNames()
		c.noteMissing()
		return nil
	}
	if c.Version != 3 {
		c.note(ExtensionsInOld)
		c.Traits.Add(OldWithExtensions)
	}
	err = c.parseExtensions(exts)
	c.noteNames()
	c.noteMissing()
	return err
}

// noteNames notes names that are empty. Alternative names must be critical where
// the subject is empty (RFC 5280 section 4.2.1.6).
func (c *Certificate) noteNames() {
	if c.Issuer.Empty() {
		c.Traits.Add(EmptyIssuer)
	}
	if c.Subject.Empty() {
		if c.criticalSAN {
			c.Traits.Add(EmptySubject)
		} else {
			c.Traits.Add(EmptySubjectSAN)
		}
	}
}

// setSerial keeps the INTEGER's content octets and notes what RFC 5280 section
// 4.1.2.2 forbids.
func (c *Certificate) setSerial(s []byte) {
	c.Serial = s
	switch {
	case s[0]&0x80 != 0:
		c.note(NegativeSerial)
		c.Traits.Add(NegativeSerialNumber)
	case len(bytes.Trim(s, "\x00")) == 0:
		c.note(ZeroSerial)
	}
	if len(s) > 1 && (s[0] == 0 && s[1]&0x80 == 0 || s[0] == 0xff && s[1]&0x80 != 0) {
		c.note(BadSerial)
		c.Traits.Add(PaddedSerial)
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
	n, traits, ok := parseName(der)
	if !ok {
		return n, fmt.Errorf("the %s is malformed", which)
	}
	if !traits.And(oddStrings).Empty() {
		c.note(BadString)
	}
	if which == "subject" {
		c.Traits = c.Traits.Or(traits)
	}
	return n, nil
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
