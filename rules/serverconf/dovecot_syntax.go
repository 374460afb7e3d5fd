package serverconf

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
)

// A dovecotReader reads Dovecot's syntax, following includes.
type dovecotReader struct {
	source
	values map[string]string // of the settings outside of blocks, for $name
}

type dovecotCursor struct {
	name   string
	text   []byte
	line   int
	within []string
}

func (r *dovecotReader) file(name string, within []string) ([]directive, error) {
	text, err := r.open(name, within)
	if err != nil {
		return nil, err
	}
	return r.block(&dovecotCursor{name: name, text: text, within: append(slices.Clip(within), name)}, 0)
}

// next reads a line with those that a backslash continues, without its comment.
func (c *dovecotCursor) next() (line string, at Place, ok bool) {
	for len(c.text) > 0 {
		c.line++
		if line == "" {
			at = Place{File: c.name, Line: c.line}
		}
		end := bytes.IndexByte(c.text, '\n') + 1
		if end == 0 {
			end = len(c.text)
		}
		part := strings.TrimSpace(uncommented(string(c.text[:end])))
		c.text = c.text[end:]
		if rest, more := strings.CutSuffix(part, `\`); more && len(line) < maxLength {
			line += rest + " "
			continue
		}
		if line = strings.TrimSpace(line + part); line != "" {
			return line, at, true
		}
	}
	line = strings.TrimSpace(line)
	return line, at, line != ""
}

// uncommented cuts off what stands behind a # that begins a line or a word.
func uncommented(line string) string {
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return line[:i]
		}
	}
	return line
}

func (r *dovecotReader) block(c *dovecotCursor, depth int) (list []directive, err error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("%s:%d: blocks within blocks, more than %d deep", c.name, c.line, maxNesting)
	}
	for {
		line, at, ok := c.next()
		if !ok {
			break
		}
		d := directive{Place: at}
		head, isBlock := strings.CutSuffix(line, "{")
		switch words := strings.Fields(line); {
		case line == "}":
			if depth == 0 {
				return nil, fmt.Errorf("%v: } ends no block", at)
			}
			return list, nil
		case words[0] == "!include" || words[0] == "!include_try":
			included, err := r.include(words, c.within)
			if err != nil {
				return nil, err
			}
			list = append(list, included...)
			continue
		case isBlock && !strings.Contains(head, "="):
			if d.words = dovecotWords(head); len(d.words) == 0 {
				return nil, fmt.Errorf("%v: the block has no name", at)
			}
			if d.block, err = r.block(c, depth+1); err != nil {
				return nil, err
			}
			if d.block == nil {
				d.block = []directive{}
			}
		default:
			name, value, _ := strings.Cut(line, "=")
			name = strings.TrimSpace(name)
			d.words = []string{name, r.expand(strings.TrimSpace(value), c)}
			if depth == 0 {
				r.values[name] = d.words[1]
			}
		}
		list = append(list, d)
	}
	if depth > 0 {
		return nil, fmt.Errorf("%s:%d: %w", c.name, c.line, errUnended)
	}
	return list, nil
}

// expand is a value without its quotes, with an earlier setting in the place of
// its name, and what it reads from a file of the folder that it is in.
func (r *dovecotReader) expand(value string, c *dovecotCursor) string {
	if len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
		return strings.NewReplacer(`\"`, `"`, `\'`, `'`, `\\`, `\`).Replace(value[1 : len(value)-1])
	}
	if name, ok := strings.CutPrefix(value, "$"); ok {
		if known, ok := r.values[strings.TrimPrefix(name, "SET:")]; ok {
			return known
		}
	}
	if name, rest, ok := strings.Cut(value, " "); ok && name == "$protocols" { // what the files before name, and more
		return r.values["protocols"] + " " + rest
	}
	if file, ok := strings.CutPrefix(value, "<"); ok {
		return "<" + inside(path.Dir(c.name), strings.TrimSpace(file))
	}
	return value
}

func (r *dovecotReader) include(words, within []string) ([]directive, error) {
	if len(words) < 2 {
		return nil, nil
	}
	name := inside(path.Dir(within[len(within)-1]), words[1])
	names := []string{name}
	if strings.ContainsAny(name, "*?[") {
		names = r.files.Glob(name)
	} else if words[0] == "!include_try" && !r.exists(name) {
		return nil, nil
	}
	return readIncluded(names, within, r.file)
}

// dovecotWords are the words of a block's head; in quotes one may have spaces.
func dovecotWords(head string) []string { return apacheWords(strings.TrimSpace(head)) }
