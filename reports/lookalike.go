package reports

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Two names that differ must not look the same. What Unicode itself calls another
// way to write a character, and letters of another alphabet in a Latin word, are
// therefore shown by their numbers. Words of one alphabet stay as they are.

// lookalikes are the places, in bytes, of the characters of a text that would be
// taken for others. It looks at as much as is shown.
func lookalikes(s string) map[int]bool {
	s = s[:min(len(s), utf8.UTFMax*maxText)]
	var found map[int]bool
	add := func(at int) {
		if found == nil {
			found = make(map[int]bool)
		}
		found[at] = true
	}
	token := word{from: -1}
	var before rune
	past := 0 // an escape
	for i, r := range s {
		if i < past {
			continue
		}
		switch {
		case r == '\\':
			past = i + escapeAt(s[i:]) // what stands after it is no part of a word
			token.end(s, i, add)
		case r == utf8.RuneError || acts(r):
			token.end(s, i, add)
			r = 0
		case r >= utf8.RuneSelf && isVariant(before, r):
			add(i)
			token.end(s, i, add)
			r = 0
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_@/", r):
			token.end(s, i, add)
		default:
			token.take(i, r)
		}
		before = r
	}
	token.end(s, len(s), add)
	borrowed(s, func(at int) bool { return found[at] }, add)
	return found
}

// borrowed looks at each part of a name: where another alphabet has letters in it,
// those that are shown as they are must not all be letters that Latin has. A name
// in Russian or Greek shows that it is one by some letter, though many of its words
// do not.
func borrowed(s string, added func(int) bool, add func(int)) {
	if !strings.ContainsFunc(s, isTwin) {
		return
	}
	for from := 0; from < len(s); {
		to := len(s)
		if i := strings.IndexAny(s[from:], ",=+"); i >= 0 {
			to = from + i + 1
		}
		part := s[from:to]
		// Of a part that was cut, nobody knows what followed: it stays as it was.
		cut := strings.HasSuffix(part, "…") && utf8.RuneCountInString(s) > maxText-len(`\U0010ffff`)
		own := false
		for i, r := range part {
			own = own || !isTwin(r) && unicode.IsLetter(r) && unicode.In(r, mixable...) && !added(from+i)
		}
		for i, r := range part {
			if !cut && !own && isTwin(r) {
				add(from + i)
			}
		}
		from = to
	}
}

// isTwin reports whether a letter of another alphabet looks like one of Latin.
func isTwin(r rune) bool { return r >= utf8.RuneSelf && strings.ContainsRune(latinTwins+rareTwins, r) }

// escapeAt is the length of the escape that a text begins with: see visible.
func escapeAt(s string) int {
	if len(s) < 2 {
		return 1
	}
	n := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[1]]
	if strings.IndexByte("nrt", s[1]) >= 0 {
		return 2
	}
	if n == 0 || len(s) < 2+n || strings.Trim(s[2:2+n], "0123456789abcdef") != "" {
		return 1
	}
	return 2 + n
}

// A word is a run of letters, digits and what joins them in names of hosts.
type word struct {
	from           int // -1: there is none
	latin, strange bool
}

func (w *word) take(at int, r rune) {
	if w.from < 0 {
		*w = word{from: at}
	}
	w.latin = w.latin || isASCIILetter(r)
	w.strange = w.strange || r >= utf8.RuneSelf && (unicode.In(r, mixable...) || asLatin(r))
}

// end looks at the word that ends before a place: in one with Latin letters, a
// run of letters must be of one alphabet, and not all be letters that Latin has.
func (w *word) end(s string, to int, add func(int)) {
	from, suspect := w.from, w.latin && w.strange
	*w = word{from: -1}
	if from < 0 || !suspect {
		return
	}
	for _, run := range lettersOf(s[from:to]) {
		text := s[from+run[0] : from+run[1]]
		mixed := strings.ContainsFunc(text, isASCIILetter)
		if !mixed && strings.ContainsFunc(text, func(r rune) bool { return !asLatin(r) }) {
			continue
		}
		for i, r := range text {
			if asLatin(r) || mixed && unicode.In(r, mixable...) {
				add(from + run[0] + i)
			}
		}
	}
}

// lettersOf are the runs of letters in a word.
func lettersOf(s string) (runs [][2]int) {
	from := -1
	for i, r := range s {
		switch letter := unicode.IsLetter(r); {
		case letter && from < 0:
			from = i
		case !letter && from >= 0:
			runs, from = append(runs, [2]int{from, i}), -1
		}
	}
	if from >= 0 {
		runs = append(runs, [2]int{from, len(s)})
	}
	return runs
}

func isASCIILetter(r rune) bool { return r < utf8.RuneSelf && unicode.IsLetter(r) }

// mixable are the alphabets that have letters like Latin ones.
var mixable = []*unicode.RangeTable{unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu}

// latinTwins look like letters of ASCII in most fonts.
const latinTwins = "аеорсухіјѕԁһӏԛԝАВЕКМНОРСТУХІЈЅԀԚԜӀ" + "οορνυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "օոսհցՕՏ" + "ɑɡ"

// rareTwins are those of alphabets most of whose letters look Latin.
const rareTwins = "ᎠᎡᎢᎪᎫᎬᎳᎷᎻᎽᏀᏃᏎᏒᏔᏕᏙᏚᏞᏟᏢᏦᏴ" + "ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ"

// phonetic are letters of phonetic alphabets that look like those of ASCII.
const phonetic = "ᴄᴏᴠᴡᴢꜱƖǀǃ"

func asLatin(r rune) bool {
	return r >= utf8.RuneSelf && (strings.ContainsRune(latinTwins, r) || unicode.In(r, unicode.Cherokee, unicode.Lisu))
}

// joiners look like - and / where names of hosts have those.
const joiners = "\u2010\u2044\u2215"

// isVariant reports whether a character is another way to write one: a blank
// that is not wide, a letter with a number of its own for some other use, a mark
// that makes one letter with the one before it.
func isVariant(before, r rune) bool {
	const wide = '\u3000'
	if r == wide || r >= '\uff01' && r <= '\uff5e' {
		return false // wide ones are seen to be
	}
	if unicode.Is(unicode.Mn, r) {
		return before > 0 && isOne(norm.NFC.String(string([]rune{before, r})))
	}
	if strings.ContainsRune(joiners+phonetic, r) || norm.NFC.String(string(r)) != string(r) {
		return true
	}
	plain := norm.NFKC.String(string(r))
	if isOne(plain) {
		return plain[0] < utf8.RuneSelf
	}
	if r == '…' || r >= 0x2100 && r <= 0x214f || r >= 0x3200 && r <= 0x33ff {
		return false // №, ™ and ㎏ are seen to be one
	}
	return !strings.ContainsFunc(plain, func(r rune) bool { return r >= utf8.RuneSelf && !unicode.Is(unicode.Latin, r) }) // a ligature
}

func isOne(s string) bool { return utf8.RuneCountInString(s) == 1 }
