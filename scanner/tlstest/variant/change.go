package variant

import (
	"encoding/hex"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// change applies one change to one certificate.
func (c *certificate) change(change Change, now time.Time) (err error) {
	value := change.Value
	switch change.Word {
	case "key", "form": // done before
	case "spki":
		return c.changeSPKI(value)
	case "sig":
		c.signed = value
	case "sigparams":
		c.params = value
	case "inner":
		return c.changeInner(value)
	case "corrupt":
		c.corrupt = value == "yes"
	case "from":
		c.from, err = moment(value, now)
	case "to":
		c.to, err = moment(value, now)
	case "time":
		if c.from, err = rewritten(c.from, value); err == nil {
			c.to, err = rewritten(c.to, value)
		}
	case "serial":
		return c.changeSerial(value)
	case "version":
		return c.changeVersion(value)
	case "uid":
		c.uniqueID = tlv(0x82, []byte{0, 1, 2, 3})
	case "subject", "issuer", "cn":
		return c.changeName(change.Word, value)
	case "tail":
		if value == "tbs" {
			c.tbsTail = null()
		} else {
			c.tail = []byte{0xde, 0xad}
		}
	case "length":
		c.outerLength = value
	case "unused":
		c.unused = 1
	default:
		return c.changeExtension(change.Word, value)
	}
	return err
}

func (c *certificate) changeSPKI(value string) error {
	switch value {
	case "absent": // rsaEncryption without its NULL
		c.spki = sequence(sequence(oid("1.2.840.113549.1.1.1")), bitString(c.key.public, 0))
	case "negative": // the modulus' sign bit is not padded
		_, content, _ := read(c.key.public)
		_, modulus, rest := read(content)
		c.spki = sequence(c.key.algo, bitString(sequence(tlv(2, modulus[1:]), rest), 0))
	default:
		return fmt.Errorf("no such form of a key")
	}
	return nil
}

// changeInner sets the algorithm that the signed part tells.
func (c *certificate) changeInner(value string) error {
	signer := c.key
	if c.issuer != nil {
		signer = c.issuer.key
	}
	hash, parameters, _ := strings.Cut(value, "+")
	s, err := parseScheme(hash)
	if err == nil {
		c.inner, err = signer.identifier(s, parameters)
	}
	return err
}

func (c *certificate) changeSerial(value string) error {
	switch value {
	case "padded":
		c.serial = append([]byte{0}, c.serial...)
		return nil
	case "negative":
		c.serial = []byte{0x85, 1, 2, 3}
		return nil
	case "0":
		c.serial = []byte{0}
		return nil
	}
	n, err := strconv.Atoi(value)
	c.serial = slices.Repeat([]byte{0x5a}, n)
	return err
}

func (c *certificate) changeVersion(value string) error {
	switch value {
	case "1":
		c.version, c.bare = nil, true
	case "1x": // with extensions all the same
		c.version = nil
	case "2":
		c.version, c.bare = number(1), true
	case "3none":
		c.bare = true
	case "3empty":
		c.extensions = nil
	case "4":
		c.version = number(3)
	default:
		return fmt.Errorf("no such version")
	}
	return nil
}

// changeName sets the subject, or how the issuer's name is written here.
func (c *certificate) changeName(word, value string) error {
	if word == "cn" {
		value, _ = url.PathUnescape(value)
		c.of = name(text(utf8, oidO, "conformance"), text(utf8, oidCN, value))
		return nil
	}
	from := c.of
	if word == "issuer" {
		from = c.by
	}
	_, rdns, _ := read(from)
	first, _, second := read(rdns)
	_, pair, _ := read(second)
	_, pair, _ = read(pair)
	_, _, raw := read(pair)
	_, raw, _ = read(raw)
	common := string(raw)
	var out []byte
	switch value {
	case "empty":
		out = name()
	case "nocommon":
		out = name(first)
	case "printable":
		_, o, _ := read(first)
		_, o, _ = read(o)
		_, _, o = read(o)
		_, o, _ = read(o)
		out = name(text(printable, oidO, string(o)), text(printable, oidCN, common))
	case "reordered":
		out = name(second, first)
	case "upper":
		out = name(first, text(utf8, oidCN, strings.ToUpper(common)))
	case "teletex":
		out = name(first, text(teletex, oidCN, common+"\xfc"))
	case "bmp":
		out = name(first, text(bmp, oidCN, wide(common, 2)))
	case "universal":
		out = name(first, text(universal, oidCN, wide(common, 4)))
	case "underscore":
		out = name(first, text(printable, oidCN, common+"_"))
	case "badutf8":
		out = name(first, text(utf8, oidCN, common+"\xff\xfe"))
	case "novalue":
		out = name(text(utf8, oidO, ""), second)
	case "country3":
		out = name(text(printable, oidC, "XXX"), first, second)
	case "rdnempty":
		out = name(first, set(), second)
	case "long":
		out = name(first, text(utf8, oidCN, common+strings.Repeat("x", 80)))
	default:
		return fmt.Errorf("no such name")
	}
	if word == "issuer" {
		c.by = out
	} else {
		c.of = out
		if c.issuer == nil {
			c.by = out
		}
	}
	return nil
}

// changeExtension sets an extension's value, or does something to one by its
// name.
func (c *certificate) changeExtension(word, value string) error {
	if word != "crit" && word != "noncrit" && word != "flag" && word != "dup" && word != "drop" && word != "cut" &&
		word != "trail" && word != "raw" {
		if _, err := extensionID(word); err != nil {
			return fmt.Errorf("no such change")
		}
		encoded, critical, err := c.value(word, value)
		if err != nil {
			return err
		}
		e := c.put(word, encoded)
		if critical {
			e.critical = isCritical()
		}
		return nil
	}
	value, flag, _ := strings.Cut(value, "/")
	e := c.find(value)
	if e == nil {
		return fmt.Errorf("there is no such extension here")
	}
	switch word {
	case "crit":
		e.critical = isCritical()
	case "noncrit":
		e.critical = nil
	case "flag": // encoded as no DER is
		raw, err := hex.DecodeString(flag)
		if err != nil {
			return err
		}
		e.critical = tlv(1, raw)
	case "dup":
		twin := *e
		c.extensions = append(c.extensions, &twin)
	case "drop":
		c.drop(value)
	case "cut":
		e.value = e.value[:len(e.value)-2]
	case "trail":
		e.value = append(slices.Clip(e.value), 0)
	case "raw":
		raw, err := hex.DecodeString(flag)
		e.value = raw
		return err
	}
	return nil
}

// huge is a path length that fits into no machine's word.
func huge() []byte { return positive(new(big.Int).Lsh(big.NewInt(1), 40)) }
