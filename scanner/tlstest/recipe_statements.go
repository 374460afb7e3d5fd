package tlstest

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// statement does what one line says.
func (r *Recipe) statement(line int, verb string, words []word) (err error) {
	lists := map[string]*[][]byte{"present": &r.Presented, "anchors": &r.Anchors, "pool": &r.Pool, "catalog": &r.Catalog,
		"public": &r.Public, "revoked": &r.Revoked, "accepts": &r.Accepts}
	if to := lists[verb]; to != nil {
		return r.list(to, words)
	}
	switch verb {
	case "root", "ca", "cross", "leaf", "copy":
		return r.certificate(verb, words)
	case "junk":
		return r.junk(words)
	case "distrust":
		if len(words) != 2 {
			return errors.New("want: distrust R DATE")
		}
		if r.Distrust == nil {
			r.Distrust = make(map[string]time.Time)
		}
		r.Distrust[words[0].name], err = parseTime(words[1].name)
	case "flight":
		if len(words) != 1 {
			return errors.New("want: flight N")
		}
		r.Flight, err = number(words[0].name, 1<<20)
	case "store", "variant":
		return r.named(verb, words)
	case "sibling":
		var entries [][]byte
		err = r.list(&entries, words)
		r.Siblings = append(r.Siblings, entries)
	case "elsewhere":
		return r.elsewhere(words)
	case "expect":
		return r.expect(line, words)
	case "clients":
		r.Clients, err = appendNames(r.Clients, words)
	case "absent":
		r.Absent, err = appendNames(r.Absent, words)
	case "tlsa":
		return r.tlsa(words)
	case "dns":
		r.DNS, err = appendNames(r.DNS, words)
	case "ocsp", "asked":
		return r.revocation(verb, words)
	case "unstapled":
		r.Unstapled = true
	case "client":
		r.Client = true
	case "only":
		r.Only = true
		if len(words) > 0 {
			err = errors.New("only stands alone")
		}
	case "flaw":
		if len(words) < 2 || words[0].hasValue {
			return errors.New("want: flaw LINE LOADER [LOADER ...]")
		}
		f := FileFlaw{}
		if f.Line, err = number(words[0].name, 1<<20); err != nil {
			return err
		}
		if f.Loaders, err = appendNames(nil, words[1:]); err == nil {
			r.Flaws = append(r.Flaws, f)
		}
	case "at", "name", "leafkey", "serverkey", "expected", "aiafailed":
		if len(words) != 1 || words[0].hasValue {
			return fmt.Errorf("%s takes one value", verb)
		}
		return r.set(verb, words[0].name)
	default:
		err = fmt.Errorf("no statement %q: want root, ca, cross, leaf, copy, junk, present, sibling, variant, anchors, store, pool, catalog, "+
			"revoked, public, distrust, "+
			"client, accepts, tlsa, dns, "+
			"ocsp, asked, unstapled, leafkey, serverkey, expected, aiafailed, flaw, at, name, clients, expect, absent or only", verb)
	}
	return err
}

func (r *Recipe) set(verb, value string) (err error) {
	switch verb {
	case "at":
		r.At, err = parseTime(value)
	case "name":
		r.Name = strings.TrimPrefix(value, "-")
	case "aiafailed":
		r.AIAFailed = value
	case "leafkey", "serverkey", "expected":
		var c *Cert
		if c, err = r.cert(value); err != nil {
			return err
		}
		switch verb {
		case "leafkey":
			r.LeafKey = c.Key
		case "serverkey":
			r.ServerKey = c.DER
		case "expected":
			r.Expected = c.DER
		}
	}
	return err
}

func (r *Recipe) tlsa(words []word) error {
	if len(words) != 4 || r.entries[words[3].name] == nil {
		return errors.New("want: tlsa USAGE SELECTOR MATCHING NAME")
	}
	record := TLSA{Names: r.entries[words[3].name]}
	for i := range record.Kind {
		n, err := number(words[i].name, 255)
		if err != nil {
			return err
		}
		record.Kind[i] = uint8(n)
	}
	r.TLSA = append(r.TLSA, record)
	return nil
}

// named appends entries to the list of one client's store or one variant.
func (r *Recipe) named(verb string, words []word) error {
	if len(words) == 0 || words[0].hasValue {
		return fmt.Errorf("want: %s WHICH NAME [NAME ...]", verb)
	}
	lists := &r.Stores
	if verb == "variant" {
		lists = &r.Variants
	}
	if *lists == nil {
		*lists = make(map[string][][]byte)
	}
	entries := (*lists)[words[0].name]
	err := r.list(&entries, words[1:])
	(*lists)[words[0].name] = entries
	return err
}

// elsewhere is what another network zone is shown: ZONE NAME [NAME ...].
func (r *Recipe) elsewhere(words []word) error {
	if len(words) < 2 || words[0].hasValue {
		return errors.New("want: elsewhere ZONE NAME [NAME ...]")
	}
	if r.Elsewhere == nil {
		r.Elsewhere = make(map[string][][][]byte)
	}
	zone := words[0].name
	var entries [][]byte
	err := r.list(&entries, words[1:])
	r.Elsewhere[zone] = append(r.Elsewhere[zone], entries)
	return err
}

// certificate makes one: VERB NAME [of NAME] [by NAME] [option ...].
func (r *Recipe) certificate(verb string, words []word) error {
	if len(words) == 0 || words[0].hasValue {
		return fmt.Errorf("%s needs a name first: %s NAME [of NAME] [by NAME] [option ...]", verb, verb)
	}
	name, words := words[0].name, words[1:]
	var of, by *Cert
	for len(words) >= 2 && !words[0].hasValue && (words[0].name == "of" || words[0].name == "by") {
		c, err := r.cert(words[1].name)
		if err != nil {
			return err
		}
		if words[0].name == "of" {
			of = c
		} else {
			by = c
		}
		words = words[2:]
	}
	needs := map[string][2]bool{"root": {false, false}, "ca": {false, true}, "cross": {true, true}, "copy": {true, false}}
	if want, ok := needs[verb]; ok && want != [2]bool{of != nil, by != nil} || verb == "leaf" && of != nil {
		return errors.New("want: root R | ca I by R | cross X of R by OLD | leaf L [by I] | copy I2 of I, then options")
	}
	var failed error
	mutate := func(t *Template) {
		for _, w := range words {
			if err := r.option(name, t, w); err != nil && failed == nil {
				failed = fmt.Errorf("%s %s: %w", verb, name, err)
			}
		}
	}
	c, err := map[string]func() (*Cert, error){
		"root":  func() (*Cert, error) { return Root(name, mutate) },
		"ca":    func() (*Cert, error) { return Intermediate(name, by, mutate) },
		"cross": func() (*Cert, error) { return Cross(name, of, by, mutate) },
		"leaf":  func() (*Cert, error) { return Leaf(name, by, mutate) },
		"copy":  func() (*Cert, error) { return Copy(name, of, mutate) },
	}[verb]()
	if failed != nil {
		return failed
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", verb, name, err)
	}
	r.certs[name] = c
	return r.define(name, c.DER)
}

// junk makes bytes that are no certificate.
func (r *Recipe) junk(words []word) error {
	if len(words) != 2 || words[0].hasValue {
		return errors.New("want: junk NAME hex=... | junk NAME size=N")
	}
	var content []byte
	var err error
	switch words[1].name {
	case "hex":
		content, err = hex.DecodeString(words[1].value)
	case "size":
		var n int
		n, err = number(words[1].value, 1<<24)
		content = bytes.Repeat([]byte{0xa5}, n)
	default:
		err = errors.New("want hex= or size=")
	}
	if err != nil {
		return fmt.Errorf("junk %s: %w", words[0].name, err)
	}
	return r.define(words[0].name, content)
}

func (r *Recipe) define(name string, entry []byte) error {
	if _, taken := r.entries[name]; taken {
		return fmt.Errorf("there is a %s already", name)
	}
	r.entries[name] = entry
	return nil
}

func (r *Recipe) cert(name string) (*Cert, error) {
	if c, ok := r.certs[name]; ok {
		return c, nil
	}
	return nil, fmt.Errorf("no certificate %q so far", name)
}

// list appends entries by name.
func (r *Recipe) list(to *[][]byte, words []word) error {
	if len(words) == 0 {
		return errors.New("names are missing")
	}
	for _, w := range words {
		entry, ok := r.entries[w.name]
		if !ok || w.hasValue {
			return fmt.Errorf("no certificate or junk %q so far", w.name)
		}
		*to = append(*to, entry)
	}
	return nil
}

func (r *Recipe) expect(line int, words []word) error {
	if len(words) == 0 || words[0].hasValue {
		return errors.New("want: expect RULE [severity=...] [positions=0,1] [missing=NAME,...] [says=TEXT] [never=TEXT]")
	}
	e := Expectation{Line: line, Rule: words[0].name}
	for _, w := range words[1:] {
		switch w.name {
		case "severity":
			e.Severity = w.value
			if w.value != "error" && w.value != "warning" && w.value != "info" {
				return fmt.Errorf("severity=%s: want error, warning or info", w.value)
			}
		case "positions":
			e.Positions = []int{}
			for _, text := range commas(w.value) {
				n, err := number(text, 1000)
				if err != nil {
					return fmt.Errorf("positions=%s: %w", w.value, err)
				}
				e.Positions = append(e.Positions, n)
			}
		case "missing":
			for _, name := range commas(w.value) {
				if _, err := r.cert(name); err != nil {
					return err
				}
				e.Missing = append(e.Missing, name)
			}
		case "says":
			e.Says = w.value
		case "never":
			e.Never = w.value
		default:
			return fmt.Errorf("expect has no option %q: want severity=, positions=, missing=, says= or never=", w.name)
		}
	}
	r.Expect = append(r.Expect, e)
	return nil
}

func appendNames(to []string, words []word) ([]string, error) {
	if len(words) == 0 {
		return nil, errors.New("names are missing")
	}
	for _, w := range words {
		if w.hasValue {
			return nil, fmt.Errorf("%s=%s: want a name", w.name, w.value)
		}
		to = append(to, w.name)
	}
	return to, nil
}

// commas splits at commas; the empty text has no parts.
func commas(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

func number(text string, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("%q is no number from 0 to %d", text, most)
	}
	return n, nil
}
