package variant

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A certificate is what changes work on: its fields as they will be encoded.
type certificate struct {
	at      byte // L, J, I or R
	key     *Key
	issuer  *certificate
	signed  string // the scheme
	params  string // of the signature's algorithm: null, absent, or as usual
	inner   []byte // algorithm in the TBSCertificate; nil: the outer one
	corrupt bool

	version    []byte // INTEGER in its tag; empty: left out, as in v1
	serial     []byte // what is in the INTEGER
	by, of     []byte // names of issuer and subject
	from, to   []byte
	spki       []byte
	uniqueID   []byte
	extensions []*extension
	bare       bool // no list of extensions, even if empty

	tbsTail, tail []byte // follow the last field, the certificate
	outerLength   string // long or indefinite; else DER
	unused        byte   // bits of the signature's BIT STRING
	der           []byte
}

// An extension, with the encoding of its critical flag; nil: left out.
type extension struct {
	id, critical, value []byte
}

func isCritical() []byte { return []byte{1, 1, 0xff} }

// extensionID is the OID of an extension's short name.
func extensionID(name string) (string, error) {
	id, ok := map[string]string{
		"ski": "2.5.29.14", "ku": "2.5.29.15", "pkup": "2.5.29.16", "san": "2.5.29.17", "ian": "2.5.29.18", "bc": "2.5.29.19",
		"nc": "2.5.29.30", "cdp": "2.5.29.31", "cp": "2.5.29.32", "pm": "2.5.29.33", "aki": "2.5.29.35", "pc": "2.5.29.36",
		"eku": "2.5.29.37", "iap": "2.5.29.54", "aia": "1.3.6.1.5.5.7.1.1", "staple": "1.3.6.1.5.5.7.1.24",
		"nscert": "2.16.840.1.113730.1.1", "unk": "1.3.6.1.4.1.99999.9",
	}[name]
	if !ok {
		return "", fmt.Errorf("no extension %q", name)
	}
	return id, nil
}

func (c *certificate) find(name string) *extension {
	id, err := extensionID(name)
	if err != nil {
		return nil
	}
	for _, e := range c.extensions {
		if bytes.Equal(e.id, oid(id)) {
			return e
		}
	}
	return nil
}

// put sets an extension's value; one that is new is not critical.
func (c *certificate) put(name string, value []byte) *extension {
	e := c.find(name)
	if e == nil {
		id, _ := extensionID(name)
		e = &extension{id: oid(id)}
		c.extensions = append(c.extensions, e)
	}
	e.value = value
	return e
}

func (c *certificate) drop(name string) {
	if e := c.find(name); e != nil {
		c.extensions = slices.DeleteFunc(c.extensions, func(o *extension) bool { return o == e })
	}
}

// usual fills everything in as a good CA would.
func (c *certificate) usual(id string, host string, now time.Time) {
	who := map[byte]string{'R': "Root", 'I': "CA", 'J': "Sub CA", 'L': "leaf"}
	c.of = name(text(utf8, oidO, "conformance "+id), text(utf8, oidCN, who[c.at]+" "+id))
	c.by = c.of
	if c.issuer != nil {
		c.by = c.issuer.of
	}
	signer := c.key
	if c.issuer != nil {
		signer = c.issuer.key
	}
	c.signed = "sha256"
	if hash, ok := strings.CutPrefix(signer.Kind, "pss-"); ok { // such a key makes no other signatures
		c.signed = "pss" + strings.Replace(hash, "none", "sha256", 1)
	}
	c.version = number(2)
	sum := sha1.Sum([]byte(string(c.at) + id))
	c.serial = append([]byte{0x4a}, sum[:14]...)
	c.spki = c.key.spki()
	day := func(n int) []byte { return utcTime(now.UTC().Truncate(24*time.Hour).AddDate(0, 0, n)) }
	if c.at == 'L' {
		c.from, c.to = day(-28), day(60)
		c.put("bc", sequence()).critical = isCritical()
		usage := byte(0x80)
		if c.key.enciphers() {
			usage = 0xa0
		}
		c.put("ku", usageBits(usage)).critical = isCritical()
		c.put("eku", sequence(oid(serverAuth)))
	} else {
		c.from, c.to = day(-2000), day(3600)
		c.put("bc", sequence(isCritical())).critical = isCritical()
		c.put("ku", usageBits(0x06)).critical = isCritical()
	}
	c.put("ski", octets(c.key.id()))
	if c.issuer != nil {
		c.put("aki", sequence(tlv(0x80, c.issuer.key.id())))
	}
	if c.at == 'L' {
		c.put("san", sequence(generalName("dns", host)))
	}
}

const serverAuth = "1.3.6.1.5.5.7.3.1"

// usageBits is a key usage of the first eight bits, in DER.
func usageBits(usage byte) []byte {
	unused := byte(0)
	for unused < 8 && usage>>unused&1 == 0 {
		unused++
	}
	if usage == 0 {
		return bitString(nil, 0)
	}
	return bitString([]byte{usage}, unused)
}

// seal signs the certificate.
func (c *certificate) seal() error {
	signer := c.key
	if c.issuer != nil {
		signer = c.issuer.key
	}
	s, err := parseScheme(c.signed)
	if err != nil {
		return err
	}
	outer, err := signer.identifier(s, c.params)
	if err != nil {
		return err
	}
	inner := outer
	if c.inner != nil {
		inner = c.inner
	}
	var version, extensions []byte
	if len(c.version) > 0 {
		version = context(0, c.version)
	}
	if !c.bare {
		var list []byte
		for _, e := range c.extensions {
			list = append(list, sequence(e.id, e.critical, octets(e.value))...)
		}
		extensions = context(3, sequence(list))
	}
	tbs := sequence(version, tlv(2, c.serial), inner, c.by, sequence(c.from, c.to), c.of, c.spki, c.uniqueID, extensions, c.tbsTail)
	signature, err := signer.primary(tbs, s)
	if err != nil {
		return err
	}
	if c.corrupt {
		signature[len(signature)/2] ^= 1
	}
	c.der = sequence(tbs, outer, bitString(signature, c.unused))
	_, content, _ := read(c.der)
	switch c.outerLength {
	case "long":
		c.der = append([]byte{0x30, 0x84, 0, 0, byte(len(content) >> 8), byte(len(content))}, content...)
	case "indefinite":
		c.der = append(append([]byte{0x30, 0x80}, content...), 0, 0)
	}
	c.der = append(c.der, c.tail...)
	return nil
}
