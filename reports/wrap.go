package reports

import (
	"strings"
	"unicode"
)

// glue is a space at which a line should rather not end.
const glue = "\u00a0"

// wrap breaks a text into lines of at most width columns, as measure counts
// them: at spaces, between wide characters (Japanese has no spaces), and
// inside a word only where it is longer than a line, then after an @, or else
// after a dot, hyphen, slash, colon or glue if there is one. Marks that combine stay with their base.
//
// The caller turns glue back into spaces.
func wrap(text string, width int, measure func(string) int) []string {
	var lines []string
	line, used := "", 0
	flush := func() {
		if t := strings.Trim(line, " "+glue); t != "" {
			lines = append(lines, t)
		}
		line, used = "", 0
	}
	for _, word := range words(text, measure) {
		n := measure(word)
		if used > 0 && used+measure(strings.TrimRight(word, " ")) > width {
			flush()
		}
		for measure(strings.TrimRight(word, " ")) > width {
			head := cutAt(word, width, measure)
			line = head
			flush()
			word = strings.TrimLeft(word[len(head):], glue)
			n = measure(word)
		}
		line += word
		used += n
	}
	flush()
	if lines == nil {
		return []string{""}
	}
	return lines
}

// words cuts a text where a line may end; spaces stay with the word before.
func words(text string, measure func(string) int) []string {
	var out []string
	start := 0
	space, wide, open := false, false, false
	for i, r := range text {
		if i == start {
			space, wide, open = r == ' ', measure(string(r)) > 1, opens(r)
			continue
		}
		joins := r == ' ' || unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc)
		w := measure(string(r)) > 1
		// A closing bracket or full stop may not begin a line, nor an opening
		// one end it (JIS X 4051).
		if !joins && (space || (!open && (wide || w) && !strings.ContainsRune("、。，．）」』】,.)", r))) {
			out = append(out, text[start:i])
			start = i
		}
		if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) {
			space, wide, open = r == ' ', w, opens(r)
		}
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}

func opens(r rune) bool { return strings.ContainsRune("([（「『【", r) }

// cutAt gives the head of a word that is too long for a line.
func cutAt(word string, width int, measure func(string) int) string {
	fit, soft, used := 0, 0, 0
	for i, r := range word {
		n := measure(string(r))
		if used+n > width && i > 0 {
			break
		}
		used += n
		fit = i + len(string(r))
		if r == '@' {
			return word[:fit] // between a name and its address
		}
		if strings.ContainsRune(".-:/_=,"+glue, r) && used > width/3 {
			soft = fit
		}
	}
	if soft > 0 {
		return word[:soft]
	}
	return word[:fit]
}
