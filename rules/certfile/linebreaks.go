package certfile

import (
	"iter"
	"strings"
)

// The text of a file is searched by hand, not by regular expressions: those took
// a minute for 27 MB on one line.

// maxLabel bounds the label of a PEM block.
const maxLabel = 64

// beginLines walks the BEGIN marks of a text: where each begins, and where what
// is behind its label and hyphens does.
func beginLines(text string) iter.Seq2[int, int] {
	return func(yield func(at, after int) bool) {
		for from := 0; ; {
			i := strings.Index(text[from:], begin)
			if i < 0 {
				return
			}
			at := from + i
			from = at + len(begin)
			if n := markLabel(text[from:]); n > 0 && !yield(at, from+n) {
				return
			}
		}
	}
}

// markLabel is the length of the label and the hyphens behind it, 0 if there
// are none.
func markLabel(text string) int {
	for i := range min(len(text), maxLabel+1) {
		switch c := text[i]; {
		case c == '-' && i > 0 && strings.HasPrefix(text[i:], "-----"):
			return i + len("-----")
		case (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != ' ':
			return 0
		}
	}
	return 0
}

// lineBreaks tells what a text has behind BEGIN in place of a line break: one of
// the keys of withLineBreaks, or noOddity.
func lineBreaks(text string) oddity {
	swapped, bare := false, false
	for _, after := range beginLines(text) {
		rest := text[after:min(len(text), after+256)]
		if n, c := escape(rest); n > 0 && (c == '\n' || c == '\r' && isLineFeed(rest[n:])) {
			return escapedBreaks
		}
		switch {
		case strings.HasPrefix(rest, "\n\r") && len(rest) > 2 && rest[2] != '\n':
			swapped = true
		case strings.HasPrefix(rest, "\r") && len(rest) > 1 && rest[1] != '\r' && rest[1] != '\n':
			bare = true
		}
	}
	switch {
	case swapped:
		return swappedBreaks
	case bare:
		return bareCR
	}
	return noOddity
}

// withLineBreaks puts each kind of text right.
var withLineBreaks = map[oddity]func(string) string{
	escapedBreaks: unescaped,
	swappedBreaks: func(text string) string { return strings.ReplaceAll(text, "\n\r", "\n") },
	bareCR:        strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace,
}

// escape reads an escape of JSON at the start of a text, however many
// backslashes it has: its length and what it stands for; 0: there is none.
func escape(text string) (n int, c byte) {
	for n < len(text) && text[n] == '\\' {
		n++
	}
	if n == 0 || n == len(text) {
		return 0, 0
	}
	switch text[n] {
	case 'n':
		return n + 1, '\n'
	case 'r':
		return n + 1, '\r'
	case '/':
		return n + 1, '/'
	case 'u':
		if len(text) < n+5 {
			return 0, 0
		}
		switch strings.ToLower(text[n : n+5]) {
		case "u002b":
			return n + 5, '+'
		case "u002f":
			return n + 5, '/'
		case "u003d":
			return n + 5, '='
		}
	}
	return 0, 0
}

func isLineFeed(text string) bool {
	_, c := escape(text)
	return c == '\n'
}

// unescaped undoes the escapes of JSON, however deep. \r\n is one line break.
func unescaped(text string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '\\')
		if i < 0 {
			return b.String() + text
		}
		b.WriteString(text[:i])
		text = text[i:]
		n, c := escape(text)
		switch {
		case n == 0: // it stays, with all its backslashes
			n = len(text) - len(strings.TrimLeft(text, "\\"))
			b.WriteString(text[:n])
		case c == '\r':
			b.WriteByte('\n')
			if isLineFeed(text[n:]) {
				more, _ := escape(text[n:])
				n += more
			}
		default:
			b.WriteByte(c)
		}
		text = text[n:]
	}
}

// joinedLines puts line breaks into blocks that stand on one line; ok is false
// if there are none.
func joinedLines(text string) (out string, ok bool) {
	var b strings.Builder
	copied := 0
	for at, after := range beginLines(text) {
		if at < copied {
			continue
		}
		body, _, found := strings.Cut(text[after:], "-")
		if !found {
			break // there is no other hyphen, and so no END
		}
		to := after + len(body)
		if strings.ContainsRune(body, '\n') || strings.TrimSpace(body) == "" || !strings.HasPrefix(text[to:], end) {
			continue
		}
		n := markLabel(text[to+len(end):])
		if n == 0 {
			continue
		}
		b.WriteString(text[copied:at])
		copied = to + len(end) + n
		b.WriteString("\n" + text[at:after] + "\n")
		body = strings.Join(strings.Fields(body), "")
		for len(body) > 64 {
			b.WriteString(body[:64] + "\n")
			body = body[64:]
		}
		b.WriteString(body + "\n" + text[to:copied] + "\n")
	}
	return b.String() + text[copied:], copied > 0
}

// isBase64Line reports whether a line has base64 text, and beside it no more
// than blanks and what programs quote lines with.
func isBase64Line(line string) bool {
	line = strings.TrimLeft(line, " \t\r\n\f\u00a0\u3000>\"',+")
	line = strings.TrimRight(line, " \t\r\n\f\u00a0\u3000\"',\\+")
	for i := range len(line) {
		switch c := line[i]; {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/', c == '=':
		default:
			return false
		}
	}
	return len(line) >= 16
}
