package serverconf

import (
	"path"
	"slices"
	"strings"
)

// A setting is what a parameter of Postfix is set to.
type setting struct {
	Place
	value string
}

type settings map[string]setting

// A postfixLine is a line with those that continue it.
type postfixLine struct {
	Place
	text string
}

// postfixLines joins lines: one that begins with white space continues what is
// before it, across comments and empty lines.
func postfixLines(name string, text []byte) (lines []postfixLine) {
	at := Place{File: name}
	var held strings.Builder
	flush := func() {
		if held.Len() > 0 {
			lines[len(lines)-1].text = held.String()
			held.Reset()
		}
	}
	for line := range strings.Lines(string(text)) {
		at.Line++
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#':
		case (line[0] == ' ' || line[0] == '\t') && held.Len() > 0:
			held.WriteString(" " + trimmed)
		default:
			flush()
			lines = append(lines, postfixLine{Place: at})
			held.WriteString(trimmed)
		}
	}
	flush()
	return lines
}

// A postfixService is one line of master.cf.
type postfixService struct {
	Place
	name, kind, command string
	own                 settings // of its options -o
}

func parseService(line postfixLine, words []string) postfixService {
	s := postfixService{Place: line.Place, name: words[0], kind: words[1], command: path.Base(words[7]), own: make(settings)}
	_, arguments, _ := strings.Cut(line.text, words[7])
	for _, option := range postfixOptions(arguments) {
		if name, value, ok := strings.Cut(option, "="); ok {
			s.own[strings.TrimSpace(name)] = setting{line.Place, strings.TrimSpace(value)}
		}
	}
	return s
}

// listeners are where a service listens: on each of inet_interfaces, unless its
// own name has an address. postscreen leaves TLS to tlsproxy.
func (s postfixService) listeners(p *parameters) (list []Listener) {
	l := Listener{Address: s.name, StartTLS: "smtp"}
	if p.yes("smtpd_tls_wrappermode") {
		l.StartTLS = ""
	}
	if s.command == "postscreen" {
		l.Reader = "tlsproxy"
	}
	interfaces := p.list("inet_interfaces")
	all := len(interfaces) == 0 || slices.Contains(interfaces, "all") || slices.Contains(interfaces, "loopback-only")
	if all || strings.Contains(s.name, ":") {
		return []Listener{l}
	}
	for _, host := range interfaces {
		if host = strings.Trim(host, "[]"); strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		l.Address = host + ":" + s.name
		list = append(list, l)
	}
	return list
}

// postfixOptions are the values of -o. In braces they may have white space.
func postfixOptions(text string) (options []string) {
	for {
		at := strings.Index(text, "-o")
		if at < 0 {
			return options
		}
		text = strings.TrimLeft(text[at+2:], " \t")
		end := strings.IndexAny(text, " \t")
		if strings.HasPrefix(text, "{") {
			if end = strings.IndexByte(text, '}'); end >= 0 {
				options, text = append(options, text[1:end]), text[end+1:]
				continue
			}
		}
		if end < 0 {
			end = len(text)
		}
		options, text = append(options, text[:end]), text[end:]
	}
}

// parameters are what holds for one service.
type parameters struct {
	layers []settings // the first that has one
}

func (p *parameters) find(name string) setting {
	for _, l := range p.layers {
		if s, ok := l[name]; ok {
			return s
		}
	}
	return setting{}
}

// value is what a parameter is set to, with others put in.
func (p *parameters) value(name string) string {
	budget := 1000
	return p.expand(p.find(name).value, 0, &budget)
}

func (p *parameters) yes(name string) bool { return p.value(name) == "yes" }

func (p *parameters) list(name string) []string {
	return strings.FieldsFunc(p.value(name), isPostfixSpace)
}

func isPostfixSpace(r rune) bool { return r == ' ' || r == '\t' || r == ',' || r == '\n' || r == '\r' }

// expand puts parameters into a text: $name, ${name} and $(name). What is not
// set is empty to Postfix too, and conditions stay as they are.
func (p *parameters) expand(text string, depth int, budget *int) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "$")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		if *budget--; *budget < 0 || depth > 20 || b.Len() > maxLength {
			return b.String() + "$" + rest
		}
		name, behind := postfixName(rest)
		if name == "" {
			b.WriteByte('$')
		} else {
			b.WriteString(p.expand(p.find(name).value, depth+1, budget))
		}
		text = behind
	}
}

// postfixName is the parameter at the beginning of a text, and what is behind.
func postfixName(text string) (name, rest string) {
	end := 0
	for _, pair := range []string{"{}", "()"} {
		if text != "" && text[0] == pair[0] {
			if end = strings.IndexByte(text, pair[1]); end > 0 && isPostfixName(text[1:end]) {
				return text[1:end], text[end+1:]
			}
			return "", text
		}
	}
	for end = 0; end < len(text) && isPostfixName(text[end:end+1]); end++ {
	}
	return text[:end], text[end:]
}

func isPostfixName(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}
