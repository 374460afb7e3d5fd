package reports

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds one cleaned text, in characters. The longest honest subject
// names have some 400; messages quote two or three of them.
const maxText = 2000

// maxMarks is how many combining marks may follow each other: languages need
// up to three or four; more is meant to write over other lines.
const maxMarks = 4

// Clean makes text from a certificate, a server or a saved report fit to show
// anywhere: it returns valid UTF-8 of at most 2,000 characters in which
// everything that acts instead of being read (control characters, ESC and C1
// sequences, line ends, bidirectional overrides, zero-width characters, bytes
// that are no UTF-8) stands as a visible escape such as \x1b or \u202e, and so
// does what would be taken for another character (see lookalikes).
// Cleaning twice is the same as once. Markup is not its business: each format
// escapes what is special to it.
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	marks, count := 0, 0
	alike := lookalikes(s)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		piece := s[i : i+size]
		if unicode.In(r, unicode.Mn, unicode.Me) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case r == utf8.RuneError && size == 1:
			piece = fmt.Sprintf(`\x%02x`, s[i])
		case acts(r) || alike[i] || marks > maxMarks || (marks > 0 && i == 0):
			piece = visible(r)
		}
		n := utf8.RuneCountInString(piece)
		if rest := len(s) - i - size; count+n > maxText-1 && (rest > 0 || count+n > maxText) {
			b.WriteString("…")
			break
		}
		b.WriteString(piece)
		count += n
		i += size
	}
	return b.String()
}

// CleanError is the text of an error, fit to show: in one line, or in those of
// several errors.
func CleanError(err error) string {
	var several interface{ Unwrap() []error }
	if !errors.As(err, &several) {
		return Clean(err.Error())
	}
	return strings.Join(cleanList(strings.Split(err.Error(), "\n")), "\n")
}

// CleanArguments are the arguments of a format with texts and errors cleaned.
func CleanArguments(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case string:
			out[i] = Clean(a)
		case error:
			out[i] = CleanError(a)
		default:
			out[i] = a
		}
	}
	return out
}

// cleanList cleans each text of a list. What is clean already, as nearly all
// is, stays the list that it was.
func cleanList(list []string) []string {
	if !slices.ContainsFunc(list, func(s string) bool { return !isPlain(s) }) {
		return list
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = Clean(s)
	}
	return out
}

// isPlain is the fast path for what nearly all names are made of.
func isPlain(s string) bool {
	if len(s) > maxText {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// acts reports whether a character does something to the text around it, or
// cannot be seen.
func acts(r rune) bool {
	if r < unicode.MaxLatin1 && r != 0xad {
		return unicode.IsControl(r)
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Noncharacter_Code_Point)
}

func visible(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}
