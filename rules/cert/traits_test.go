package cert_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
)

// constrained gives a certificate critical name constraints of one subtree: which
// list it is in, the tag of its form, and its base; or of none.
func constrained(of ...any) func(*parts) {
	return func(p *parts) {
		var list []byte
		if len(of) > 0 {
			list = der(byte(of[0].(int)), der(sequence, der(byte(of[1].(int)), []byte(of[2].(string)))))
		}
		p.extensions = extension(true, oid(2, 5, 29, 30), der(sequence, list))
	}
}

// TestTraits shows for one certificate of each sort what is noted about it.
func TestTraits(t *testing.T) {
	constraints, usage, san := oid(2, 5, 29, 19), oid(2, 5, 29, 15), oid(2, 5, 29, 17)
	alg := func(a []byte, params ...[]byte) func(*parts) {
		return func(p *parts) { p.innerAlg = der(sequence, slices.Concat([][]byte{a}, params)...) }
	}
	null := []byte{5, 0}
	for _, c := range []struct {
		name   string
		change func(*parts)
		want   []cert.Trait
	}{
		{"plain", func(*parts) {}, nil},
		{"another algorithm inside", alg(oid(1, 2, 840, 113549, 1, 1, 12), null), []cert.Trait{cert.AlgorithmDiffers}},
		{"the same without NULL inside", alg(oid(1, 2, 840, 113549, 1, 1, 11)), []cert.Trait{cert.ParameterDiffers}},
		{"no seconds", func(p *parts) { p.notAfter = der(utcTime, []byte("3601010000Z")) }, []cert.Trait{cert.TimeNoSeconds}},
		{"offset", func(p *parts) { p.notAfter = der(utcTime, []byte("360101000000+0000")) }, []cert.Trait{cert.TimeOffset}},
		{"no zone", func(p *parts) { p.notAfter = der(generalTime, []byte("20360101000000")) }, []cert.Trait{cert.TimeNoZone}},
		{"30 February", func(p *parts) { p.notAfter = der(utcTime, []byte("360230000000Z")) }, []cert.Trait{cert.TimeNoSuchDay}},
		{"second 60", func(p *parts) { p.notAfter = der(utcTime, []byte("360101000060Z")) }, []cert.Trait{cert.TimeSecond60}},
		{"no end", func(p *parts) { p.notAfter = der(generalTime, []byte("99991231235959Z")) }, []cert.Trait{cert.NoEnd}},
		{"version 4", func(p *parts) { p.version[4] = 3 }, []cert.Trait{cert.Version4}},
		{"version 1", func(p *parts) { p.version, p.extensions = nil, nil }, []cert.Trait{cert.Version1}},
		{"version 1 with extensions", func(p *parts) { p.version = nil }, []cert.Trait{cert.Version1, cert.OldWithExtensions}},
		{"no extensions", func(p *parts) { p.extensions = nil }, []cert.Trait{cert.NoExtensions}},
		{"unique identifier", func(p *parts) { p.afterSPKI = []byte{0x81, 2, 0, 1} }, []cert.Trait{cert.UniqueID}},
		{"padded serial", func(p *parts) { p.serial = der(integer, []byte{0, 1}) }, []cert.Trait{cert.PaddedSerial}},
		{"negative serial", func(p *parts) { p.serial = der(integer, []byte{0x80, 1}) }, []cert.Trait{cert.NegativeSerialNumber}},
		{"purposes: any", func(p *parts) { p.extensions = eku(oid(2, 5, 29, 37, 0)) }, []cert.Trait{cert.EKUAny}},
		{"purposes: any and TLS servers", func(p *parts) { p.extensions = eku(oid(2, 5, 29, 37, 0), oid(1, 3, 6, 1, 5, 5, 7, 3, 1)) }, nil},
		{"purposes: clients", func(p *parts) { p.extensions = eku(oid(1, 3, 6, 1, 5, 5, 7, 3, 2)) }, []cert.Trait{cert.EKUOther}},
		{"purposes: none", func(p *parts) { p.extensions = eku() }, []cert.Trait{cert.EKUEmpty}},
		{"no CA with a path length", func(p *parts) {
			p.extensions = extension(true, constraints, der(sequence, der(integer, []byte{0})))
		}, []cert.Trait{cert.PathLenNoCA}},
		{"a huge path length", func(p *parts) {
			p.extensions = extension(true, constraints, der(sequence, der(boolean, []byte{0xff}), der(integer, []byte{1, 0, 0, 0, 0})))
		}, []cert.Trait{cert.PathLenHuge}},
		{"a loose TRUE", func(p *parts) { p.extensions = extension(true, constraints, der(sequence, der(boolean, []byte{1}))) }, []cert.Trait{cert.LooseTrue}},
		{"bytes after basic constraints", func(p *parts) {
			p.extensions = extension(true, constraints, append(der(sequence, der(boolean, []byte{0xff})), null...))
		}, []cert.Trait{cert.TrailingBC}},
		{"an empty key usage", func(p *parts) { p.extensions = extension(true, usage, der(bitString, []byte{0})) }, []cert.Trait{cert.KeyUsageEmpty}},
		{"a critical identifier", func(p *parts) { p.extensions = extension(true, oid(2, 5, 29, 14), der(octetString, []byte{1})) }, []cert.Trait{cert.CriticalSKI}},
		{"a critical extension of another world", func(p *parts) { p.extensions = extension(true, oid(1, 2, 3, 4), null) }, []cert.Trait{cert.CriticalUnknown}},
		{"alternative names twice", func(p *parts) {
			one := extension(false, san, der(sequence, der(0x82, []byte("a.test"))))
			p.extensions = append(one, one...)
		}, []cert.Trait{cert.TwoSANs}},
		{"another extension twice", func(p *parts) { p.extensions = append(p.extensions, extension(true, constraints, der(sequence))...) }, []cert.Trait{cert.TwoKnown}},
		{"no alternative name", func(p *parts) { p.extensions = extension(false, san, der(sequence)) }, []cert.Trait{cert.EmptySAN}},
		{"an empty subject", func(p *parts) {
			p.subject = der(sequence)
			p.extensions = extension(true, san, der(sequence, der(0x82, []byte("a.test"))))
		}, []cert.Trait{cert.EmptySubject}},
		{"an empty subject, alternative names not critical", func(p *parts) {
			p.subject = der(sequence)
			p.extensions = extension(false, san, der(sequence, der(0x82, []byte("a.test"))))
		}, []cert.Trait{cert.EmptySubjectSAN}},
		{"an empty relative name", func(p *parts) { p.subject = der(sequence, der(set)) }, []cert.Trait{cert.EmptySubjectSAN, cert.EmptyRDN}},
		{"a character that is not printable", func(p *parts) { p.subject = der(sequence, attribute(3, printable, "a_b")) }, []cert.Trait{cert.BadPrintable}},
		{"broken UTF-8", func(p *parts) { p.subject = der(sequence, attribute(3, utf8String, "a\xff")) }, []cert.Trait{cert.BadUTF8}},
		{"empty name constraints", constrained(), []cert.Trait{cert.ConstraintsEmpty, cert.ConstraintsNoCA}},
		{"name constraints of a CA", func(p *parts) {
			constrained(0xa0, 0x82, "a.test")(p)
			p.extensions = append(p.extensions, extension(true, constraints, der(sequence, der(boolean, []byte{0xff})))...)
		}, nil},
		{"name constraints with an empty name", constrained(0xa1, 0x82, ""), []cert.Trait{cert.ConstraintsEmptyDomain, cert.ConstraintsNoCA}},
		{"name constraints with no domain", constrained(0xa0, 0x82, "a\x00b"), []cert.Trait{cert.ConstraintsOddDomain, cert.ConstraintsNoCA}},
		{"a mask with a gap", constrained(0xa0, 0x87, "\x0a\x00\x00\x00\xff\x00\xff\x00"), []cert.Trait{cert.ConstraintsMask, cert.ConstraintsNoCA}},
		{"half a range of addresses", constrained(0xa0, 0x87, "\x0a\x00\x00\x00"), []cert.Trait{cert.ConstraintsLength, cert.ConstraintsNoCA}},
		{"name constraints of IPv6", constrained(0xa0, 0x87, strings.Repeat("\x00", 32)), []cert.Trait{cert.ConstraintsIPv6, cert.ConstraintsNoCA}},
		{"name constraints of directories", constrained(0xa0, 0xa4, "\x30\x00"), []cert.Trait{cert.ConstraintsNoCA, cert.CriticalDirectories}},
		{"name constraints of registered IDs", constrained(0xa1, 0x88, "\x2a"), []cert.Trait{
			cert.ConstraintsOther, cert.ConstraintsRegisteredID, cert.ConstraintsNoCA, cert.CriticalOtherForms,
		}},
		{"name constraints of other names", constrained(0xa1, 0xa0, ""), []cert.Trait{cert.ConstraintsOther, cert.ConstraintsNoCA, cert.CriticalOtherForms}},
		{"bytes after the certificate", func(p *parts) { p.tail = []byte{0} }, []cert.Trait{cert.TrailingBytes}},
	} {
		p := plain()
		c.change(p)
		got, err := cert.Parse(p.bytes())
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if all := got.AllTraits().Without(lacking).List(); !slices.Equal(all, c.want) {
			t.Errorf("%s: traits %d, want %d", c.name, all, c.want)
		}
	}
}

// lacking are the traits of what most of these certificates lack.
var lacking = cert.Of(cert.NoAKI, cert.CAWithoutSKI, cert.CAWithoutUsage, cert.CALooseConstraints, cert.NoConstraints)

// TestLacking looks at what RFC 5280 wants certificates to have.
func TestLacking(t *testing.T) {
	trueCA := []byte{0x30, 3, 1, 1, 0xff}
	bc := extension(true, oid(2, 5, 29, 19), trueCA)
	ski := extension(false, oid(2, 5, 29, 14), []byte{4, 1, 1})
	aki := extension(false, oid(2, 5, 29, 35), []byte{0x30, 3, 0x80, 1, 1})
	emptyAKI := extension(false, oid(2, 5, 29, 35), []byte{0x30, 0})
	usage := extension(true, oid(2, 5, 29, 15), []byte{3, 2, 1, 6})
	for _, c := range []struct {
		name       string
		extensions [][]byte
		want       []cert.Trait
	}{
		{"nothing", [][]byte{bc, ski, aki, usage}, nil},
		{"AKI", [][]byte{bc, ski, usage}, []cert.Trait{cert.NoAKI}},
		{"AKI's key", [][]byte{bc, ski, emptyAKI, usage}, []cert.Trait{cert.NoAKI}},
		{"SKI", [][]byte{bc, aki, usage}, []cert.Trait{cert.CAWithoutSKI}},
		{"key usage", [][]byte{bc, ski, aki}, []cert.Trait{cert.CAWithoutUsage}},
		{"critical flag", [][]byte{extension(false, oid(2, 5, 29, 19), trueCA), ski, aki, usage}, []cert.Trait{cert.CALooseConstraints}},
		{"basic constraints", [][]byte{aki}, []cert.Trait{cert.NoConstraints}},
	} {
		p := plain()
		p.extensions = slicesOf(c.extensions...)
		got, err := cert.Parse(p.bytes())
		if err != nil {
			t.Fatal(err)
		}
		if all := got.AllTraits().And(lacking).List(); !slices.Equal(all, c.want) {
			t.Errorf("lacks %s: traits %d, want %d", c.name, all, c.want)
		}
	}
}

// A length that is not DER's is read, and said to be so.
func TestLooseLength(t *testing.T) {
	whole := plain().bytes()
	for _, c := range []struct {
		name string
		der  []byte
		want cert.Trait
	}{
		{"long", append([]byte{0x30, 0x83, 0, whole[2], whole[3]}, whole[4:]...), cert.LongLength},
		{"indefinite", append(append([]byte{0x30, 0x80}, whole[4:]...), 0, 0), cert.IndefiniteLength},
	} {
		got, err := cert.Parse(c.der)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !got.Has(cert.NotDER) || !slices.Equal(got.AllTraits().Without(lacking).List(), []cert.Trait{c.want}) || got.Subject.Text == "" {
			t.Errorf("%s: read as %+v", c.name, got)
		}
	}
}

func eku(purposes ...[]byte) []byte {
	return extension(false, oid(2, 5, 29, 37), der(sequence, purposes...))
}

// Every trait has a word that leads back to it.
func TestTraitNames(t *testing.T) {
	var all cert.Traits
	for i := range cert.Trait(128) {
		all.Add(i)
	}
	for _, trait := range all.List() {
		if got, ok := cert.TraitNamed(trait.String()); !ok || got != trait || trait.Phrase() == "" {
			t.Errorf("trait %d: %q leads to %d", trait, trait, got)
		}
	}
	if _, ok := cert.TraitNamed("nonsense"); ok {
		t.Error("nonsense is a trait")
	}
}
