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
		indent := len(line) - len(bytes.TrimLeft(line, " "))
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

// withoutWords is a line without its comment, and without what stands between
// quotes.
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
				out = append(out, 'x')
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
