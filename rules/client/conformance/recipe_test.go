package conformance

import (
	"fmt"
	"strings"
	"time"
)

// oddities gives a tag's options in a recipe. SELF stands for the name of the
// certified CA, FIRST for the first certificate of the issuer, SAME and OTHER
// for strangers with the certified CA's type of key and another, FORGER for one
// with the issuer's type of key.
func oddities() map[string]string {
	return map[string]string{
		"exp":     "from=-900d to=-300d",
		"expnow":  "from=-700d to=-20d",
		"fut":     "from=+400d to=+2000d",
		"ren":     "from=-100d to=+5400d", // renewed
		"old":     "from=-2000d to=+1000d",
		"imp":     "key=SAME", // an impostor of the same name
		"impX":    "key=OTHER",
		"impLie":  "key=SAME ski=of:SELF",
		"ibad":    "signedby=FORGER", // issued by somebody else than it says
		"ibadLie": "signedby=FORGER aki=of:FORGER",
		"noKI":    "ski=none aki=none",
		"noSKI":   "ski=none",
		"noAKI":   "aki=none",
		"badAKI":  "aki=bad",
		"badSKI":  "ski=bad",
		"selfAKI": "aki=of:SELF", // for roots, that have none by default
		"akiS":    "aki=issuerserial:FIRST",
		"akiX":    "aki=issuerserial:FORGER",
		"ekuC":    "eku=client",
		"ekuS":    "eku=server",
		"ekuA":    "eku=any",
		"pl0":     "pathlen=0",
		"pl1":     "pathlen=1",
		"pl2":     "pathlen=2",
		"caF":     "ca=false",
		"caT":     "ca=true",
		"noKCS":   "ku=nocertsign",
		"noKU":    "ku=none",
		"kuS":     "ku=server", // leaves with an RSA key may encipher, too, by default
		"sha1":    "alg=sha1",
		"md5":     "alg=md5",
		"ncP":     "nc=permit:example.test",
		"ncO":     "nc=permit:example.org",
		"ncX":     "nc=exclude:example.test",
		"crit":    "critical",
		"v1":      "v1",
		"cnOnly":  `nosan "cn=HOST"`,
		"other":   "san=elsewhere.example.test",
	}
}

// recipe writes the scenario in the notation of package tlstest: only what is
// presented or an anchor, and what these are made with.
func (s *scenario) recipe(at time.Time) string {
	w := &recipeWriter{s: s, known: map[string]bool{}, oddities: oddities()}
	w.line("at %s", at.UTC().Format(time.DateOnly))
	for _, list := range [][]certificate{s.anchors, s.presented} {
		for _, c := range list {
			w.certificate(c)
		}
	}
	w.line("name %s", s.host())
	if len(s.anchors) > 0 {
		w.line("anchors %s", labels(s.anchors))
	}
	w.line("present %s", labels(s.presented))
	return w.text.String()
}

type recipeWriter struct {
	s        *scenario
	text     strings.Builder
	known    map[string]bool
	oddities map[string]string
}

func (w *recipeWriter) line(format string, args ...any) {
	fmt.Fprintf(&w.text, format+"\n", args...)
}

// entity introduces a name and its key by a self-signed certificate, which
// need not be shown to anyone.
func (w *recipeWriter) entity(name, keyType string) {
	if w.known[name] {
		return
	}
	w.known[name] = true
	text := fmt.Sprintf("root %s \"cn=%s %s\" keytype=%s from=-700d to=+4800d", name, name, w.s.id, keyType)
	if w.s.bare && !strings.HasPrefix(name, stranger) {
		text += " ski=none"
	}
	w.line("%s", text)
}

// stranger begins the names of CAs outside of the hierarchy.
const stranger = "Z-"

// stranger introduces a CA that has nothing to do with the others.
func (w *recipeWriter) stranger(keyType string) string {
	name := stranger + keyType
	w.entity(name, keyType)
	return name
}

// certificate introduces one certificate and what it is made with.
func (w *recipeWriter) certificate(c certificate) {
	if c.subject == junk {
		if !w.known[c.label()] {
			w.line("junk %s hex=3003020100", c.label())
		}
		w.known[c.label()] = true
		return
	}
	w.entity(c.issuer, w.s.keys[c.issuer])
	if !c.isLeaf() {
		w.entity(c.subject, w.s.keys[c.subject])
	}
	if w.known[c.label()] {
		return
	}
	w.known[c.label()] = true
	options := w.options(c)
	switch {
	case c.isLeaf():
		usage := "server"
		if strings.HasPrefix(w.s.keys["L"], "rsa") {
			usage = "encipher"
		}
		w.line("leaf %s by %s san=%s keytype=%s ku=%s from=-30d to=+60d%s", c.label(), c.issuer, w.s.host(), w.s.keys["L"], usage, options)
	case c.subject == c.issuer:
		w.line("copy %s of %s%s", c.label(), c.subject, options)
	default:
		w.line("cross %s of %s by %s from=-700d to=+4800d%s", c.label(), c.subject, c.issuer, options)
	}
}

// options writes a certificate's tags, after the lines that they need.
func (w *recipeWriter) options(c certificate) string {
	var text strings.Builder
	for _, tag := range strings.Split(c.tags, "~") {
		if tag == "" {
			continue
		}
		option := w.oddities[tag]
		if w.s.bare {
			option = strings.NewReplacer("ski=of:SELF", "", "aki=of:SELF", "").Replace(option)
		}
		if tag == "md5" && !strings.HasPrefix(w.s.keys[c.issuer], "rsa") {
			option = "alg=sha1" // there is no ECDSA with MD5
		}
		for place, name := range map[string]func() string{
			"SELF":   func() string { return c.subject },
			"FIRST":  func() string { return w.first(c.issuer) },
			"SAME":   func() string { return w.stranger(w.s.keys[c.subject]) },
			"OTHER":  func() string { return w.stranger(otherKey(w.s.keys[c.subject])) },
			"FORGER": func() string { return w.stranger(w.s.keys[c.issuer]) },
			"HOST":   w.s.host,
		} {
			if strings.Contains(option, place) {
				option = strings.ReplaceAll(option, place, name())
			}
		}
		text.WriteString(" " + option)
	}
	if w.s.bare {
		text.WriteString(" ski=none")
	}
	return text.String()
}

// first introduces the certificate that key identifiers mean by issuer and
// serial number.
func (w *recipeWriter) first(name string) string {
	first, ok := w.s.first[name]
	if !ok {
		first = certificate{subject: name, issuer: name}
	}
	w.certificate(first)
	return first.label()
}

// otherKey is a type of key that makes other signatures.
func otherKey(keyType string) string {
	if strings.HasPrefix(keyType, "rsa") {
		return "p256"
	}
	return "rsa2048"
}
