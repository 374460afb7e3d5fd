package yamlfile

import "bytes"

// The bounds of a file that people write. The library takes time and memory by
// the square of how deep values stand in one another, and of a mapping's keys.
const (
	maxSize   = 16 << 20 // bytes
	maxNested = 500      // brackets that are open at a time
	maxMarks  = 1_000    // dashes, question marks, anchors, tags and the like on one line
	maxKeys   = 20_000   // of one mapping
	maxCommas = 500_000  // a value takes a kilobyte of memory
	maxPaths  = 64 << 20 // bytes of the keys above all values: the library keeps them with each
)

// tooMuch finds what makes a text cost more than a file that somebody wrote; nil:
// nothing. It looks at the text alone, line by line.
func tooMuch(text []byte) *Error {
	if len(text) > maxSize {
		return &Error{Line: 1, Column: 1, Message: "the file is larger than 16 MiB: write it in parts"}
	}
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return &Error{Line: 1 + bytes.Count(text[:at], []byte("\n")), Column: 1, Message: "this is no text: type keys and values"}
	}
	if bytes.Count(text, []byte(",")) > maxCommas {
		return &Error{Line: 1, Column: 1, Message: "the file has more than 500,000 values: write it in parts"}
	}
	number, open, deepest := 0, 0, 0
	keys := make(map[int]int) // lines that have a key, by indentation
	var paths pathCost
	for line := range bytes.Lines(text) {
		number++
		line = withoutWords(line)
		marks := 0
		for i, c := range line {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			case '-', '?', ':', '&', '!', '*', '"', '\'':
				if c == ':' && open > 0 {
					continue
				}
				if i == 0 || line[i-1] == ' ' || line[i-1] == c || i+1 < len(line) && line[i+1] == ' ' {
					marks++
				}
			}
			if open > maxNested || marks > maxMarks {
				return &Error{Line: number, Column: i + 1, Message: "more than 500 values stand in one another here: write them one below the other"}
			}
		}
		if paths.line(line); paths.total > maxPaths {
			return &Error{Line: number, Column: 1, Message: "long keys, or many in one another, stand above many values here: shorten them"}
		}
		indent := indentOf(line)
		if open > 0 && !bytes.ContainsAny(line, "[{") || indent == len(line) || line[indent] == '-' || !bytes.ContainsRune(line, ':') {
			continue
		}
		for at := indent + 1; at <= deepest; at++ {
			delete(keys, at)
		}
		deepest = indent
		if keys[indent]++; keys[indent] > maxKeys {
			return &Error{Line: number, Column: indent + 1, Message: "the mapping has more than 20,000 keys: write it in parts"}
		}
	}
	return nil
}

func indentOf(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }

// A pathCost adds up, for each value, what stands above it: the keys of lines that
// are indented less, and those before brackets that are open.
type pathCost struct {
	lines    []keyLine
	brackets []int // bytes of the key before each
	above    int   // bytes of all these
	total    int
}

type keyLine struct{ indent, bytes int }

// perIndex is what the place in a list takes.
const perIndex = 4

func (p *pathCost) line(line []byte) {
	indent := indentOf(line)
	block := len(p.brackets) == 0
	for n := len(p.lines) - 1; block && n >= 0 && p.lines[n].indent >= indent && indent < len(line); n-- {
		p.above -= p.lines[n].bytes
		p.lines = p.lines[:n]
	}
	begin := indent // where a key may begin
	for i := indent; i < len(line); i++ {
		switch c := line[i]; {
		case c == ',':
			p.total += p.above
			begin = i + 1
		case (c == '[' || c == '{') && (i == indent || bytes.IndexByte([]byte(" [{,:-"), line[i-1]) >= 0):
			p.brackets = append(p.brackets, i-begin+perIndex)
			p.above += i - begin + perIndex
			begin = i + 1
		case (c == ']' || c == '}') && len(p.brackets) > 0:
			last := len(p.brackets) - 1
			p.above -= p.brackets[last]
			p.brackets = p.brackets[:last]
		}
	}
	p.total += p.above
	if key := bytes.LastIndexByte(line, ':'); block && len(p.brackets) == 0 && indent < len(line) && (key >= 0 || line[indent] == '-') {
		p.lines = append(p.lines, keyLine{indent, max(0, key-indent) + perIndex})
		p.above += p.lines[len(p.lines)-1].bytes
	}
}

// withoutWords is a line without its comment, and with something else for what
// stands between quotes.
func withoutWords(line []byte) []byte {
	out := make([]byte, 0, len(line))
	begins := true // a value may begin here
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c == '#' && (i == 0 || line[i-1] == ' ') {
			break
		}
		if begins && (c == '"' || c == '\'') {
			if end := bytes.IndexByte(line[i+1:], c); end > 0 {
				out = append(out, bytes.Repeat([]byte("x"), end+2)...)
				i += end + 1
				begins = false
				continue
			}
		}
		begins = bytes.IndexByte([]byte(" [{,:-"), c) >= 0
		out = append(out, c)
	}
	return bytes.TrimRight(out, "\r\n")
}
