package serverconf

import (
	"fmt"
	"strings"
)

// An nginxReader reads nginx's syntax, following includes.
type nginxReader struct {
	source
	prefix string // what relative names are relative to: the folder of the main configuration
}

// file reads one file. within are those that include it.
func (r *nginxReader) file(name string, within []string) ([]directive, error) {
	text, err := r.open(name, within)
	if err != nil {
		return nil, err
	}
	l := &nginxLexer{text: text, line: 1}
	return r.block(l, name, append(within[:len(within):len(within)], name), 0)
}

// block reads directives up to the end of their block, or of the file.
func (r *nginxReader) block(l *nginxLexer, file string, within []string, depth int) (list []directive, err error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("%s:%d: blocks within blocks, more than %d deep", file, l.line, maxNesting)
	}
	for {
		d, end := l.directive()
		d.File = file
		switch {
		case end == '}' && depth > 0 && len(d.words) == 0, end == 0 && depth == 0 && len(d.words) == 0:
			return list, nil
		case end == 0 || end == '}':
			return nil, fmt.Errorf("%s:%d: %w", file, l.line, errUnended)
		case end == '{':
			if d.block, err = r.block(l, file, within, depth+1); err != nil {
				return nil, err
			}
		case len(d.words) == 2 && d.name() == "include":
			included, err := r.include(d.words[1], within)
			if err != nil {
				return nil, err
			}
			list = append(list, included...)
			continue
		}
		if len(d.words) > 0 {
			list = append(list, d)
		}
	}
}

func (r *nginxReader) include(pattern string, within []string) ([]directive, error) {
	names := []string{inside(r.prefix, pattern)}
	if strings.ContainsAny(pattern, "*?[") {
		names = r.files.Glob(names[0])
	}
	return readIncluded(names, within, r.file)
}

// A nginxLexer cuts text into directives.
type nginxLexer struct {
	text []byte
	at   int
	line int
}

// directive reads words up to what ends them: ; { } or 0 for the end of the text.
func (l *nginxLexer) directive() (d directive, end byte) {
	for {
		word, mark, ok := l.next()
		if !ok {
			return d, mark
		}
		if len(d.words) == 0 {
			d.Line = l.line
		}
		d.words = append(d.words, word)
	}
}

// next reads a word, or the mark that ends a directive.
func (l *nginxLexer) next() (word string, mark byte, ok bool) {
	for ; l.at < len(l.text); l.at++ {
		switch c := l.text[l.at]; c {
		case '\n':
			l.line++
		case ' ', '\t', '\r':
		case '#':
			for l.at+1 < len(l.text) && l.text[l.at+1] != '\n' {
				l.at++
			}
		case ';', '{', '}':
			l.at++
			return "", c, false
		case '"', '\'':
			return l.quoted(c), 0, true
		default:
			return l.plain(), 0, true
		}
	}
	return "", 0, false
}

func (l *nginxLexer) quoted(quote byte) string {
	var b strings.Builder
	for l.at++; l.at < len(l.text); l.at++ {
		switch c := l.text[l.at]; {
		case c == quote:
			l.at++
			return b.String()
		case c == '\\' && l.at+1 < len(l.text):
			l.at++
			b.WriteString(unescape(l.text[l.at]))
		default:
			if c == '\n' {
				l.line++
			}
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (l *nginxLexer) plain() string {
	var b strings.Builder
	for ; l.at < len(l.text); l.at++ {
		switch c := l.text[l.at]; {
		case strings.IndexByte(" \t\r\n;", c) >= 0, c == '{' && !strings.HasSuffix(b.String(), "$"):
			return b.String()
		case c == '\\' && l.at+1 < len(l.text):
			l.at++
			b.WriteString(unescape(l.text[l.at]))
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// unescape is what a character behind a backslash stands for.
func unescape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 't':
		return "\t"
	case 'r':
		return "\r"
	case '"', '\'', '\\':
		return string(c)
	}
	return "\\" + string(c)
}
