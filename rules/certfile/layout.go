package certfile

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// A layout is PEM text taken to lines, with what is odd about each.
type layout struct {
	whole oddity // of the text as a whole; then the lines are those of the text put right
	lines []textLine
	long  bool // there are more than maxLines, which were not read
}

// maxLines bounds the text of a PEM file, whose lines each take some hundred
// bytes to look at: it is room for 10,000 certificates.
const maxLines = 300_000

// A textLine is one line of PEM text: what it should be, and what is odd.
type textLine struct {
	text   string // without what is odd; of a comment, as it stands
	drop   oddity // headers or blankLine: the line should not be there
	odd    [oddities]bool
	before string // the byte order mark, blanks or quotes before the text
	after  string // what stands behind it
	label  string // the label that is not CERTIFICATE; empty: it is
	end    string // the line break
}

// certLabel are the labels under which certificates are found.
var certLabel = regexp.MustCompile(`(?i)^([A-Z0-9]+ )*CERTIFICATE$`)

// layOut takes PEM text to lines. What its line breaks are is put right first.
func layOut(data []byte) *layout {
	l := &layout{}
	text := string(data)
	switch {
	case strings.Contains(text, "-----BEGIN%20") || strings.Contains(text, "-----BEGIN+CERT"):
		l.whole, text = percentEncoded, percentDecoded(text)
	default:
		if l.whole = lineBreaks(text); l.whole != noOddity {
			text = withLineBreaks[l.whole](text)
		}
	}
	if joined, ok := joinedLines(text); ok {
		if l.whole == noOddity {
			l.whole = blanksForBreaks
		}
		text = joined
	}
	l.read(text)
	return l
}

func percentDecoded(text string) string {
	if !strings.Contains(text, "%20") {
		text = strings.ReplaceAll(text, "+", "%20") // a form's encoding
	}
	if decoded, err := url.PathUnescape(text); err == nil {
		return decoded
	}
	return text
}

// read takes lines in and finds what is odd about each.
func (l *layout) read(text string) {
	inside, header := "", false // the label of the block under way, and whether its headers are
	start := 0
	for rest := []byte(text); len(rest) > 0; {
		if l.long = len(l.lines) == maxLines; l.long {
			return
		}
		var raw []byte
		raw, rest = nextLine(rest)
		line := newLine(string(raw))
		core := line.text
		switch {
		case inside == "":
			label, ok := line.boundary(begin)
			if !ok || line.odd[wrapped] && !beginsBlock(rest) {
				line = textLine{text: string(raw)} // a comment
				break
			}
			inside, header, start = label, false, len(l.lines)
			line.relabel(label)
		case strings.Contains(core, end):
			if label, ok := line.boundary(end); ok {
				if label == inside {
					line.relabel(label)
				}
				l.close(start, inside)
				inside = ""
			}
		case strings.Contains(core, begin): // the block before has no END: blocksOf says so
			if label, ok := line.boundary(begin); ok {
				inside, header, start = label, false, len(l.lines)
				line.relabel(label)
			}
		case core == "":
			line.drop, line.odd[blankLine] = blankLine, true
			if header {
				line.drop, line.odd[blankLine] = headers, false
				header = false
			}
		case strings.Contains(core, ":") && strings.HasSuffix(inside, "CERTIFICATE"):
			line.drop, line.odd[headers], header = headers, true, true
		case strings.HasSuffix(inside, "PRIVATE KEY"): // its headers say how it is encrypted
			line = textLine{text: string(raw)}
		default:
			line.unquote()
		}
		l.lines = append(l.lines, line)
	}
}

// beginsBlock reports whether what follows is a block's text: a comment may
// speak of BEGIN lines too.
func beginsBlock(rest []byte) bool {
	line, _ := nextLine(bytes.TrimLeft(rest, "\r\n"))
	return isBase64Line(string(line))
}

// close looks back at a block: a key's lines stay as they are.
func (l *layout) close(start int, label string) {
	if certLabel.MatchString(label) {
		return
	}
	for i := start; i < len(l.lines); i++ {
		if l.lines[i].drop == blankLine || l.lines[i].drop == headers {
			l.lines[i].drop = noOddity
			l.lines[i].odd = [oddities]bool{}
		}
	}
}

// newLine takes a line's break, blanks and byte order mark off.
func newLine(raw string) (line textLine) {
	core := strings.TrimRight(raw, "\r\n")
	line.end = raw[len(core):]
	line.odd[doubleCR] = strings.HasPrefix(line.end, "\r\r")
	line.text = strings.TrimRight(core, " \t\v\f")
	if rest := strings.TrimRight(line.text, " \t\u00a0\u3000"); rest != line.text {
		line.after, line.text, line.odd[wrapped] = line.text[len(rest):], rest, true
	}
	if rest, ok := strings.CutPrefix(line.text, "\ufeff"); ok {
		line.text, line.before, line.odd[byteOrderMark] = rest, "\ufeff", true
	}
	if rest := strings.TrimLeft(line.text, " \t\u00a0\u3000"); rest != line.text && rest != "" {
		line.before += line.text[:len(line.text)-len(rest)]
		line.text, line.odd[indented] = rest, true
	}
	return line
}

// boundary reads a BEGIN or END line, with what else stands on it. A line that
// is commented out is none.
func (t *textLine) boundary(mark string) (label string, ok bool) {
	at := strings.Index(t.text, mark)
	if at < 0 || at > 0 && strings.HasPrefix(t.text, "#") {
		return "", false
	}
	label, after, closed := strings.Cut(t.text[at+len(mark):], "-----")
	if !closed || label == "" || strings.Contains(after, begin) || strings.HasPrefix(after, "-") {
		return "", false
	}
	if at > 0 || after != "" {
		t.odd[wrapped] = true
		t.before, t.after, t.text = t.before+t.text[:at], after+t.after, mark+label+"-----"
	}
	return label, true
}

// relabel calls a certificate's block by its usual label.
func (t *textLine) relabel(label string) {
	if certLabel.MatchString(label) && label != "CERTIFICATE" && label != "ATTRIBUTE CERTIFICATE" {
		t.odd[otherLabel] = strings.HasPrefix(t.text, begin)
		t.label, t.text = label, strings.Replace(t.text, label, "CERTIFICATE", 1)
	}
}

// unquote takes off what a mail or a program puts around each line.
func (t *textLine) unquote() {
	core := strings.Trim(t.text, "\"',>+\\ \t")
	// A plus sign may be base64: only with a quote before it, it is a program's.
	if strings.HasPrefix(t.text, "+") || strings.HasSuffix(t.text, "+") {
		core = t.text
	}
	if core == t.text || core == "" {
		return
	}
	at := strings.Index(t.text, core)
	t.odd[wrapped] = true
	t.before, t.after, t.text = t.before+t.text[:at], t.text[at+len(core):]+t.after, core
}

// text writes the lines as they should be, but for one kind of oddity.
func (l *layout) text(keep oddity) []byte {
	var b bytes.Buffer
	for i := range l.lines {
		line := &l.lines[i]
		if line.drop != noOddity && line.drop != keep {
			continue
		}
		text := line.text
		if line.label != "" && keep == otherLabel {
			text = strings.Replace(text, "CERTIFICATE", line.label, 1) // a label has it once
		}
		if line.odd[keep] && (keep == byteOrderMark || keep == indented || keep == wrapped) {
			text = line.before + text + line.after
		}
		end := "\n"
		if keep == doubleCR && line.end != "" {
			end = line.end
		}
		b.WriteString(strings.TrimRight(text, "\r\n") + end)
	}
	return b.Bytes()
}

// with lists the lines of one kind of oddity, from 1.
func (l *layout) with(odd oddity) (lines []int) {
	for i := range l.lines {
		if l.lines[i].odd[odd] {
			lines = append(lines, i+1)
		}
	}
	return lines
}

// firstOdd is the first line about which anything is odd; else the first.
func (l *layout) firstOdd() int {
	for i := range l.lines {
		if l.lines[i].odd != ([oddities]bool{}) {
			return i + 1
		}
	}
	return 1
}

// labels names the labels that are not CERTIFICATE.
func (l *layout) labels() string {
	var names []string
	for i := range l.lines {
		if name := l.lines[i].label; l.lines[i].odd[otherLabel] && !strings.Contains(strings.Join(names, ","), name) {
			names = append(names, name)
		}
	}
	return fmt.Sprint(strings.Join(names, " and "))
}
