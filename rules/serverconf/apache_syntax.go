package serverconf

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An apacheLine is a line with those that continue it.
type apacheLine struct {
	Place
	text string
}

// An apacheReader reads the syntax of Apache httpd as its server does: a line at
// a time, so that what is defined holds for the lines behind it.
type apacheReader struct {
	source
	root    string // ServerRoot
	defines map[string]string
	modules map[string]bool
	macros  map[string]*apacheMacro
	lines   int
	uses    int // of macros, which may use others
	grown   int // bytes of lines after that
}

// A lineCursor is where one reads.
type lineCursor struct {
	lines  []apacheLine
	within []string // files that are read
	depth  int      // of sections and macros
}

func (c *lineCursor) next() (line apacheLine, ok bool) {
	if len(c.lines) == 0 {
		return line, false
	}
	line, c.lines = c.lines[0], c.lines[1:]
	return line, true
}

func (r *apacheReader) file(name string, within []string) ([]directive, error) {
	text, err := r.open(name, within)
	if err != nil {
		return nil, err
	}
	c := &lineCursor{lines: apacheLines(name, text), within: append(slices.Clip(within), name)}
	return r.block(c, "")
}

// apacheLines joins lines that a backslash continues and leaves comments out. In
// a dump of the server's, comments tell where the next line stands.
func apacheLines(name string, text []byte) (lines []apacheLine) {
	where, place := Place{File: name}, Place{}
	var held string
	for part := range strings.Lines(string(text)) {
		where.Line++
		part = strings.TrimRight(part, "\r\n")
		if held == "" {
			place = where
		}
		if rest, more := strings.CutSuffix(part, `\`); more && len(held) < maxLength {
			held += rest
			continue
		}
		line := strings.TrimSpace(held + part)
		held = ""
		if line != "" && line[0] != '#' {
			lines = append(lines, apacheLine{place, line})
		}
	}
	return lines
}

// block reads directives up to the end of a section, or of the lines.
func (r *apacheReader) block(c *lineCursor, section string) (list []directive, err error) {
	if c.depth > maxNesting {
		return nil, fmt.Errorf("%s: sections and macros within others, more than %d deep", c.within[len(c.within)-1], maxNesting)
	}
	for {
		line, ok := c.next()
		if !ok {
			break
		}
		if r.lines++; r.lines > maxLines {
			return nil, fmt.Errorf("%v: there are more than %d lines", line.Place, maxLines)
		}
		text, err := r.expand(line)
		if err != nil {
			return nil, err
		}
		if end, is := strings.CutPrefix(text, "</"); is {
			if name := strings.TrimRight(end, "> \t"); section == "" || !strings.EqualFold(name, section) {
				return nil, fmt.Errorf("%v: </%s> ends no section that is open", line.Place, name)
			}
			return list, nil
		}
		more, err := r.directive(c, directive{Place: line.Place, words: apacheWords(text)})
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	if section != "" {
		return nil, fmt.Errorf("%s: <%s>: %w", c.within[len(c.within)-1], section, errUnended)
	}
	return list, nil
}

// directive is what one line stands for: itself, the files that it includes, or
// what it changes for the lines behind it.
func (r *apacheReader) directive(c *lineCursor, d directive) (list []directive, err error) {
	if len(d.words) == 0 {
		return nil, nil
	}
	if section, is := strings.CutPrefix(d.words[0], "<"); is {
		return r.section(c, d, strings.ToLower(strings.TrimSuffix(section, ">")))
	}
	d.words[0] = strings.ToLower(d.words[0])
	argument := ""
	if len(d.words) > 1 {
		argument = d.words[1]
	}
	switch d.name() {
	case "include", "includeoptional":
		return r.include(d, argument, c.within)
	case "use":
		return r.use(c, d)
	case "serverroot":
		r.root = inside(r.root, argument)
	case "define":
		r.defines[argument] = ""
		if len(d.words) > 2 {
			r.defines[argument] = d.words[2]
		}
	case "undefine":
		delete(r.defines, argument)
	case "loadmodule":
		r.modules[argument] = true
	default:
		return []directive{d}, nil
	}
	return nil, nil
}

func (r *apacheReader) include(d directive, pattern string, within []string) ([]directive, error) {
	name := inside(r.root, pattern)
	names := []string{name}
	if strings.ContainsAny(pattern, "*?[") {
		names = r.files.Glob(name)
	} else if in := r.files.Glob(path.Join(QuoteMeta(name), "*")); len(in) > 0 { // a folder
		names = in
	} else if d.name() == "includeoptional" && !r.exists(name) {
		return nil, nil
	}
	return readIncluded(names, within, r.file)
}

// section reads a section. Those that only ask whether something is so leave
// nothing but their content.
func (r *apacheReader) section(c *lineCursor, d directive, name string) ([]directive, error) {
	last := &d.words[len(d.words)-1]
	*last = strings.TrimSuffix(*last, ">")
	argument := strings.Join(d.words[1:], " ")
	if name == "macro" {
		return nil, r.macro(c, d)
	}
	holds, asks := r.condition(name, argument)
	if !holds {
		return nil, skipSection(c, name)
	}
	c.depth++
	list, err := r.block(c, name)
	c.depth--
	if asks || err != nil {
		return list, err
	}
	d.words[0], d.block = "<"+name+">", list
	return []directive{d}, nil
}

// condition reports whether a section asks for something, and whether it is so.
func (r *apacheReader) condition(section, argument string) (holds, asks bool) {
	wanted, not := strings.CutPrefix(argument, "!")
	switch section {
	case "ifmodule":
		holds = len(r.modules) == 0 || r.loaded(wanted) // without any, they are compiled in, or the configuration is a part
	case "ifdefine":
		_, holds = r.defines[wanted]
	case "iffile":
		holds = r.exists(inside(r.root, wanted))
	case "ifversion": // as of 2.4, which all have
		holds = !strings.HasPrefix(wanted, "<")
	case "ifdirective", "ifsection":
		holds = true
	default:
		return true, false
	}
	return holds != not, true
}

// builtIn are the modules that Debian and others compile in.
var builtIn = []string{
	"core_module", "http_module", "so_module", "log_config_module", "logio_module", "version_module", "unixd_module", "watchdog_module",
}

func (r *apacheReader) loaded(module string) bool {
	if file, ok := strings.CutSuffix(module, ".c"); ok {
		module = strings.TrimPrefix(file, "mod_") + "_module"
	}
	return r.modules[module] || slices.Contains(builtIn, module)
}

// skipSection leaves out a section, with those within it.
func skipSection(c *lineCursor, name string) error {
	for depth := 1; depth > 0; {
		line, ok := c.next()
		switch {
		case !ok:
			return fmt.Errorf("%s: <%s>: %w", c.within[len(c.within)-1], name, errUnended)
		case strings.HasPrefix(line.text, "</"):
			depth--
		case line.text[0] == '<':
			depth++
		}
	}
	return nil
}

// apacheWords cuts a line into words. In quotes of either kind, a backslash
// stands before a quote or a backslash that is meant.
func apacheWords(line string) (words []string) {
	for line = strings.TrimLeft(line, " \t"); line != ""; line = strings.TrimLeft(line, " \t") {
		if quote := line[0]; quote != '"' && quote != '\'' {
			end := strings.IndexAny(line, " \t")
			if end < 0 {
				end = len(line)
			}
			words, line = append(words, line[:end]), line[end:]
			continue
		}
		var b strings.Builder
		at := 1
		for ; at < len(line) && line[at] != line[0]; at++ {
			if line[at] == '\\' && at+1 < len(line) && (line[at+1] == line[0] || line[at+1] == '\\') {
				at++
			}
			b.WriteByte(line[at])
		}
		words, line = append(words, b.String()), line[min(at+1, len(line)):]
	}
	return words
}

var (
	apacheDumpFile  = regexp.MustCompile(`^\s*# In file: (.+)$`)
	apacheDumpMacro = regexp.MustCompile(`^macro '.*' \(defined on line (\d+) of "(.+)"\) used on line`)
	apacheDumpLine  = regexp.MustCompile(`^\s*#\s+(\d+):$`)
)

// apacheDump takes the output of apachectl -t -D DUMP_CONFIG apart. It has no
// includes, macros and definitions any more. It is nil if it is none.
func apacheDump(text []byte) *dump {
	if !strings.Contains(string(text), "# In file: ") {
		return nil
	}
	d := &dump{lines: []apacheLine{}}
	var at Place
	first := 0
	for part := range strings.Lines(string(text)) {
		part = strings.TrimSuffix(strings.TrimRight(part, "\r\n"), "Syntax OK")
		if m := apacheDumpFile.FindStringSubmatch(part); m != nil {
			at.File, first = m[1], 0
			if in := apacheDumpMacro.FindStringSubmatch(m[1]); in != nil {
				at.File = in[2]
				first, _ = strconv.Atoi(in[1])
			}
			if d.First == "" {
				d.First = at.File
			}
		} else if m := apacheDumpLine.FindStringSubmatch(part); m != nil {
			line, _ := strconv.Atoi(m[1])
			at.Line = first + line
		} else if line := strings.TrimSpace(part); line != "" && line[0] != '#' {
			d.lines = append(d.lines, apacheLine{at, line})
		}
	}
	return d
}
