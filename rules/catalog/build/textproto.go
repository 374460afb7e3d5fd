package build

import (
	"fmt"
	"strconv"
	"strings"
)

// A message is one of protobuf's text format: each field with its values, which
// are texts (strings unquoted, numbers and words as they stand) or messages. Of
// the format it knows what Chrome's root store is written in.
type message map[string][]any

// text gives the one value of a field, empty where there is none.
func (m message) text(field string) string {
	for _, v := range m[field] {
		if s, ok := v.(string); ok {
			return s
		}
	}
	return ""
}

// integer gives a number; 0 where there is none.
func (m message) integer(field string) (int64, error) {
	text := m.text(field)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: %.40q is no number", field, text)
	}
	return n, nil
}

// messages gives the messages in a field.
func (m message) messages(field string) (all []message) {
	for _, v := range m[field] {
		if x, ok := v.(message); ok {
			all = append(all, x)
		}
	}
	return all
}

// parseTextproto reads a whole message.
func parseTextproto(text string) (message, error) {
	p := &textproto{rest: text, line: 1}
	m, err := p.message(0)
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", p.line, err)
	}
	return m, nil
}

type textproto struct {
	rest string
	line int
}

// maxNesting is twice what a root store has.
const maxNesting = 8

func (p *textproto) message(depth int) (message, error) {
	m := message{}
	if depth > maxNesting {
		return nil, fmt.Errorf("messages stand more than %d deep in each other", maxNesting)
	}
	for {
		name := p.token()
		switch {
		case name == "" && depth == 0, name == "}" && depth > 0:
			return m, nil
		case name == "":
			return nil, fmt.Errorf("the file ends within a message")
		case !isWord(name):
			return nil, fmt.Errorf("%.40q stands where a field's name belongs", name)
		}
		value := p.token()
		colon := value == ":"
		if colon {
			value = p.token()
		}
		switch {
		case value == "{":
			inner, err := p.message(depth + 1)
			if err != nil {
				return nil, err
			}
			m[name] = append(m[name], inner)
		case !colon:
			return nil, fmt.Errorf("no colon after %.40q", name)
		case strings.HasPrefix(value, `"`):
			s, err := strconv.Unquote(value)
			if err != nil {
				return nil, fmt.Errorf("%.40q is no text in quotes", value)
			}
			m[name] = append(m[name], s)
		case isWord(value):
			m[name] = append(m[name], value)
		default:
			return nil, fmt.Errorf("%.40q is no value for %s", value, name)
		}
	}
}

// token gives the next word, text in quotes or sign; empty at the end.
func (p *textproto) token() string {
	for {
		start := strings.IndexFunc(p.rest, func(r rune) bool { return !strings.ContainsRune(" \t\r\n,;", r) })
		if start < 0 {
			return ""
		}
		p.skip(start)
		if p.rest[0] != '#' {
			break
		}
		end := strings.IndexByte(p.rest, '\n')
		if end < 0 {
			end = len(p.rest)
		}
		p.skip(end)
	}
	n := 1
	switch {
	case p.rest[0] == '"':
		for n < len(p.rest) && p.rest[n] != '"' && p.rest[n] != '\n' {
			if p.rest[n] == '\\' {
				n++
			}
			n++
		}
		n = min(n+1, len(p.rest))
	case isWord(p.rest[:1]):
		for n < len(p.rest) && isWord(p.rest[n:n+1]) {
			n++
		}
	}
	word := p.rest[:n]
	p.skip(n)
	return word
}

func (p *textproto) skip(n int) {
	p.line += strings.Count(p.rest[:n], "\n")
	p.rest = p.rest[n:]
}

// isWord reports whether a token is a name, a number, true or false.
func isWord(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && r != '.' && r != '-' && r != '+' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
}
