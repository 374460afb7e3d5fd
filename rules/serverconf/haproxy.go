package serverconf

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// haproxy reads configurations of HAProxy, one after the other as it does: the
// certificates of each bind line that speaks TLS, in their order.
func haproxy(files Files, mains []string) ([]Use, error) {
	r := &haproxyReader{source: source{files: files}, variables: make(map[string]string)}
	for _, name := range mains {
		text, err := r.open(name, nil)
		if err != nil {
			return nil, err
		}
		at := Place{File: name}
		for line := range strings.Lines(string(text)) {
			at.Line++
			if err := r.line(at, r.words(line)); err != nil {
				return nil, err
			}
		}
	}
	return r.uses, nil
}

type haproxyReader struct {
	source
	base      string // crt-base
	variables map[string]string
	noKeys    bool // no file of a key is looked for beside the certificate
	stripped  bool // the ending of the certificate's file is replaced for that
	uses      []Use
}

func (r *haproxyReader) line(at Place, words []string) error {
	if len(words) < 2 {
		return nil
	}
	switch words[0] {
	case "crt-base":
		r.base = words[1]
	case "setenv":
		if len(words) > 2 {
			r.variables[words[1]] = words[2]
		}
	case "presetenv":
		if _, set := r.variables[words[1]]; !set && len(words) > 2 {
			r.variables[words[1]] = words[2]
		}
	case "ssl-load-extra-files":
		r.noKeys = !slices.Contains(words, "key") && !slices.Contains(words, "all")
	case "ssl-load-extra-del-ext":
		r.stripped = true
	case "bind":
		return r.bind(at, words)
	}
	return nil
}

// bind reads the certificates of one line. What they are presented for, they say
// themselves.
func (r *haproxyReader) bind(at Place, words []string) error {
	if !slices.Contains(words[2:], "ssl") {
		return nil
	}
	use := Use{Place: at, Listen: listenersAt(strings.Split(words[1], ",")...)}
	found := false
	for i := 2; i+1 < len(words); i++ {
		switch words[i] {
		case "crt":
			found = true
			use.Directive = "crt"
			r.crt(use, words[i+1])
		case "crt-list":
			found = true
			if err := r.list(use, words[i+1]); err != nil {
				return err
			}
		default:
			continue
		}
		i++
	}
	if !found {
		use.Directive, use.Why = "bind", "it speaks TLS and has neither crt nor crt-list: HAProxy does not start"
		r.uses = append(r.uses, use)
	}
	if len(r.uses) > maxUses {
		return tooMany(at)
	}
	return nil
}

// haproxyBeside are the endings of files that belong to a certificate.
var haproxyBeside = []string{".key", ".issuer", ".ocsp", ".sctl"}

// crt adds what one value of crt stands for: a file, a bundle of one file for
// each kind of key, or all files of a folder.
func (r *haproxyReader) crt(use Use, name string) {
	switch {
	case strings.Contains(name, "$"):
		use.Why = "its value has a variable of the environment that HAProxy is started in"
	case !path.IsAbs(name) && r.base == "":
		use.Why = "its name is relative to the folder that HAProxy is started in: give crt-base, or the whole name"
	}
	if use.Why != "" {
		r.uses = append(r.uses, use)
		return
	}
	name = inside(r.base, name)
	names := []string{name}
	if in := r.files.Glob(path.Join(QuoteMeta(name), "*")); len(in) > 0 {
		names = slices.DeleteFunc(in, func(file string) bool {
			return strings.HasPrefix(path.Base(file), ".") || slices.Contains(haproxyBeside, path.Ext(file))
		})
	} else if !r.exists(name) {
		var bundle []string
		for _, kind := range []string{".dsa", ".ecdsa", ".rsa"} {
			if r.exists(name + kind) {
				bundle = append(bundle, name+kind)
			}
		}
		if len(bundle) > 0 {
			names = bundle
		}
	}
	for _, use.File = range names {
		use.Key = ""
		if key := r.keyOf(use.File); !r.noKeys && r.exists(key) {
			use.Key = key
		}
		r.uses = append(r.uses, use)
	}
}

func (r *haproxyReader) keyOf(file string) string {
	if r.stripped {
		file = strings.TrimSuffix(file, path.Ext(file))
	}
	return file + ".key"
}

// list reads a crt-list: a file a line, with options in brackets and the names
// that it is presented for.
func (r *haproxyReader) list(use Use, name string) error {
	text, err := r.open(name, nil)
	if err != nil {
		return err
	}
	use.Directive = "crt-list"
	use.Place = Place{File: name}
	for line := range strings.Lines(string(text)) {
		use.Line++
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		use.Names = nil
		options := false
		for _, word := range words[1:] {
			options = options || strings.HasPrefix(word, "[")
			if !options && !strings.HasPrefix(word, "!") && !isPattern(word) {
				use.Names = append(use.Names, word)
			}
			options = options && !strings.HasSuffix(word, "]")
		}
		r.crt(use, words[0])
		if len(r.uses) > maxUses {
			return tooMany(use.Place)
		}
	}
	return nil
}

// words cuts a line into words: in single quotes all is meant as it is, in
// double quotes a backslash escapes and variables are put in.
func (r *haproxyReader) words(line string) (words []string) {
	var b strings.Builder
	quote, begun := byte(0), false
	end := func() {
		if begun {
			words = append(words, b.String())
		}
		b.Reset()
		begun = false
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case quote == 0 && strings.IndexByte(" \t\r\n", c) >= 0:
			end()
			continue
		case quote == 0 && c == '#':
			end()
			return words
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		case c == '\\' && quote != '\'' && i+1 < len(line):
			text, n := haproxyEscape(line[i+1:])
			b.WriteString(text)
			i += n
		case c == '$' && quote == '"':
			value, n := r.variable(line[i:])
			b.WriteString(value)
			i += n - 1
		default:
			b.WriteByte(c)
		}
		begun = true
	}
	end()
	return words
}

// haproxyEscape is what text behind a backslash stands for, and its length.
func haproxyEscape(text string) (string, int) {
	switch text[0] {
	case 'n':
		return "\n", 1
	case 'r':
		return "\r", 1
	case 't':
		return "\t", 1
	case 'x':
		if len(text) > 2 {
			if n, err := strconv.ParseUint(text[1:3], 16, 8); err == nil {
				return string([]byte{byte(n)}), 3
			}
		}
	}
	return text[:1], 1
}

// variable is what a variable at the beginning of text stands for, and how long
// its name is. One that the configuration does not set stays as it is.
func (r *haproxyReader) variable(text string) (value string, length int) {
	name := text[1:]
	if strings.HasPrefix(name, "{") {
		end := strings.IndexByte(name, '}')
		if end < 0 {
			return "$", 1
		}
		name, length = name[1:end], end+2
	} else {
		end := 0
		for end < len(name) && (name[end] == '_' || name[end] >= '0' && name[end] <= '9' || name[end]|0x20 >= 'a' && name[end]|0x20 <= 'z') {
			end++
		}
		name, length = name[:end], end+1
	}
	if value, ok := r.variables[name]; ok {
		return value, length
	}
	return text[:length], length
}
