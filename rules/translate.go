package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/client"
)

// Reports hold what was found in English, for that is what programs read and
// what audits keep. For people it is put into their language from there: a text
// is known by the English format that made it, and its parameters are read back
// out of it. Everything foreign in a text stands in quotes, as %q writes it, so
// no name in a certificate can be taken for words of ours.

// Translate gives a finding's message or fix, or a client's reason, in a
// language: "ja", or English for any other. A text that is not known stays as it
// is, and ok is false.
func Translate(text, lang string) (out string, ok bool) {
	if lang != "ja" || text == "" {
		return text, true
	}
	b := phrasebookJa()
	if strings.HasSuffix(text, ".") {
		return b.sentences(text)
	}
	return b.clause(text)
}

// A phrase is a format and what it is in the other language, whose verbs name
// the parameters by number.
type phrase struct {
	pattern *regexp.Regexp
	other   string
	weight  int // letters of its own: what says more is tried first
}

// A phrasebook holds the formats of whole sentences, and of what stands in them.
type phrasebook struct{ whole, part []phrase }

var phrasebookJa = sync.OnceValue(func() *phrasebook {
	b := new(phrasebook)
	add := func(formats map[string]string) {
		for _, format := range slices.Sorted(maps.Keys(formats)) {
			if strings.HasSuffix(format, ".") {
				b.whole = append(b.whole, newPhrase(format, formats[format], `(?: |$)`))
			} else {
				b.part = append(b.part, newPhrase(format, formats[format], `$`))
			}
		}
	}
	add(adviceJa)
	add(outlookJa)
	add(client.Japanese)
	add(cert.JapanesePhrases)
	add(certfile.Japanese)
	for _, r := range all {
		add(r.Japanese.Says)
	}
	heavy := func(a, b phrase) int { return b.weight - a.weight }
	slices.SortStableFunc(b.whole, heavy)
	slices.SortStableFunc(b.part, heavy)
	return b
})

// maxGlue is the weight of formats that only join others.
const maxGlue = 3

const quotedText = `"(?:[^"\\]|\\.)*"`

var (
	formatVerb = regexp.MustCompile(`%[qsdxX]`)
	verbs      = map[string]string{
		"%q": `(` + quotedText + `)`, "%s": `((?:` + quotedText + `|[^".]|\.[^ ])+?)`, "%d": `(-?\d+)`, "%x": `([0-9a-f]+)`, "%X": `([0-9A-F]+)`,
	}
)

func newPhrase(format, other, end string) phrase {
	var b strings.Builder
	b.WriteString("^")
	at, weight := 0, 0
	for _, m := range formatVerb.FindAllStringIndex(format, -1) {
		b.WriteString(literal(format[at:m[0]], at == 0))
		b.WriteString(verbs[format[m[0]:m[1]]])
		weight += m[0] - at
		at = m[1]
	}
	b.WriteString(literal(format[at:], at == 0) + end)
	return phrase{regexp.MustCompile(b.String()), other, weight + len(format) - at}
}

// literal matches words of ours; at the start of a sentence they have a capital.
func literal(text string, first bool) string {
	if first && text != "" && unicode.IsLower(rune(text[0])) {
		return "[" + text[:1] + strings.ToUpper(text[:1]) + "]" + regexp.QuoteMeta(text[1:])
	}
	return regexp.QuoteMeta(text)
}

// sentences translates one sentence after the other.
func (b *phrasebook) sentences(text string) (string, bool) {
	var out strings.Builder
	for text != "" {
		said, rest, ok := b.sentence(text)
		if !ok {
			return out.String() + text, false
		}
		out.WriteString(said)
		text = rest
	}
	return out.String(), true
}

var leadIn = regexp.MustCompile(`^(` + strings.Join(slices.Sorted(maps.Values(leadIns())), "|") + `|For (?:[^:"]+)): `)

// leadIns are the names of handshakes as they begin a text.
func leadIns() map[string]string {
	out := make(map[string]string)
	for _, n := range handshakeNames {
		out[n] = regexp.QuoteMeta(capital(n))
	}
	return out
}

// sentence translates the first sentence.
func (b *phrasebook) sentence(text string) (said, rest string, ok bool) {
	if m := leadIn.FindStringSubmatch(text); m != nil {
		head, _ := b.clause(m[1])
		return head + ": ", text[len(m[0]):], true
	}
	for _, p := range b.whole {
		if m := p.pattern.FindStringSubmatch(text); m != nil && b.tells(p, m) {
			return b.fill(p, m), text[len(m[0]):], true
		}
	}
	quote := false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '"':
			quote = !quote
		case text[i] == '.' && !quote && (i+1 == len(text) || text[i+1] == ' '):
			if said, ok := b.clause(text[:i]); ok {
				return said + "。", strings.TrimPrefix(text[i+1:], " "), true
			}
		}
	}
	return "", text, false
}

// clause translates what is a part of a sentence, or a reason by itself.
func (b *phrasebook) clause(text string) (string, bool) {
	for _, p := range b.part {
		m := p.pattern.FindStringSubmatch(text)
		if m != nil && b.tells(p, m) {
			return b.fill(p, m), true
		}
	}
	return text, false
}

// tells reports whether a match means anything: "%s: %s" fits what it likes, so
// that what it joins must be known.
func (b *phrasebook) tells(p phrase, match []string) bool {
	if p.weight > maxGlue {
		return true
	}
	_, ok := b.clause(match[len(match)-1])
	return ok
}

// fill puts the parameters into the other language's format; those that are
// words of ours are translated too.
func (b *phrasebook) fill(p phrase, match []string) string {
	args := make([]any, len(match)-1)
	for i, m := range match[1:] {
		args[i], _ = b.clause(m)
	}
	if len(args) == 0 {
		return p.other
	}
	return fmt.Sprintf(p.other, args...)
}
