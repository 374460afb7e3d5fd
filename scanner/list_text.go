package scanner

import (
	"bytes"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/encoding"
	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// plainText reads a list as UTF-8 with line feeds, however it was saved: UTF-16
// by its byte order mark, or by the zero bytes that ASCII has in it, and line
// breaks of Windows and of old Macs.
func plainText(r io.Reader) io.Reader {
	var first [2]byte
	n, err := io.ReadFull(r, first[:])
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return io.MultiReader(bytes.NewReader(first[:n]), failing{err})
	}
	r = io.MultiReader(bytes.NewReader(first[:n]), r)
	fallback := encoding.Nop.NewDecoder().Transformer
	switch {
	case n == 2 && first[0] != 0 && first[1] == 0:
		fallback = utf.UTF16(utf.LittleEndian, utf.IgnoreBOM).NewDecoder()
	case n == 2 && first[0] == 0 && first[1] != 0:
		fallback = utf.UTF16(utf.BigEndian, utf.IgnoreBOM).NewDecoder()
	}
	return &lineFeeds{in: transform.NewReader(r, utf.BOMOverride(fallback))}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// lineFeeds turns CR LF and a lone CR into a line feed.
type lineFeeds struct {
	in    io.Reader
	after bool // the last byte read was a CR
}

// Read gives at most as many bytes as it reads.
func (l *lineFeeds) Read(p []byte) (int, error) {
	n, err := l.in.Read(p)
	kept := 0
	for _, c := range p[:n] {
		skip := l.after && c == '\n'
		if l.after = c == '\r'; l.after {
			c = '\n'
		}
		if !skip {
			p[kept] = c
			kept++
		}
	}
	if kept == 0 && n > 0 && err == nil {
		return l.Read(p)
	}
	return kept, err
}

// trimmed takes blanks off both ends, the invisible ones too that copying from
// web pages leaves: no-break and zero-width spaces, byte order marks.
func trimmed(text string) string {
	return strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || r >= 0x200b && r <= 0x200f || r == 0x2060 || r == 0xfeff
	})
}

// unquoted takes a pair of quotes off.
func unquoted(text string) string {
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] &&
		!strings.ContainsRune(text[1:n-1], rune(text[0])) {
		return trimmed(text[1 : n-1])
	}
	return text
}
