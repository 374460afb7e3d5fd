package scanner

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"strings"
	"unicode/utf8"
)

// maxLine bounds a line of a target list; a name has at most 253 characters,
// the rest is for tags.
const maxLine = 64 << 10

// A LineError is a line of a target list that cannot be used. The lines after
// it can.
type LineError struct {
	File string // as it was named to Targets
	Line int    // from 1
	Text string // the line, cut short
	Err  error  // what is wrong, and what to type
}

func (e *LineError) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }
func (e *LineError) Unwrap() error { return e.Err }

// Targets reads a target list: one target a line as [ParseTarget] takes them, or
// a host and its port with a blank, a comma, a semicolon or a tab between; CSV
// if the first line is a header; an Ansible inventory in INI form; what nmap
// prints. Blank lines and what follows a # at a line's start or after a space
// are left out; byte order marks, UTF-16 and any line break do no harm. name
// stands for the list in errors.
//
// The list is read as the sequence is walked, and any number of times longer
// than memory. A line that cannot be used is yielded as a [*LineError], and the
// rest goes on; any other error is the reader's, and the last. What is left out
// without loss, such as a column that means nothing here, goes to [TargetOptions.Note].
// Walk it once.
func Targets(r io.Reader, name string, options TargetOptions) iter.Seq2[Target, error] {
	return func(yield func(Target, error) bool) {
		list := listReader{name: name, options: options}
		lines := lineReader{in: bufio.NewReaderSize(plainText(r), maxLine)}
		for {
			text, err := lines.next()
			if err == io.EOF {
				return
			}
			list.number = lines.number
			if err != nil && err != errLongLine {
				yield(Target{}, fmt.Errorf("reading %s: %w", name, err))
				return
			}
			var parsed []parsedTarget
			if text = stripComment(text); err == nil {
				parsed, err = list.read(text)
			}
			if err == nil && !list.expand(parsed, &err, yield) {
				return
			}
			if err != nil && !yield(Target{}, &LineError{File: name, Line: lines.number, Text: shorten(text), Err: err}) {
				return
			}
			if list.useless {
				return
			}
		}
	}
}

// expand yields the targets that a line stands for; false when the loop is left.
func (l *listReader) expand(parsed []parsedTarget, err *error, yield func(Target, error) bool) bool {
	located := func(t Target) bool {
		t.List, t.Line = l.name, l.number
		return yield(t, nil)
	}
	for i := range parsed {
		if *err = parsed[i].settle(l.options); *err != nil {
			return true
		}
		if !parsed[i].each(l.options, located) {
			return false
		}
	}
	return true
}

// A listReader knows what form a list has, as far as it was read.
type listReader struct {
	name    string
	options TargetOptions
	number  int // of the line at hand, from 1
	begun   bool
	useless bool // the rest of the file has no meaning: its header cannot be read, or it is no text
	pem     bool // within a PEM block
	csv     *header
	section string // of an Ansible inventory; empty: the list is none, or no section began
	nmap    nmapReport
	noted   map[string]bool
	parsed  [1]parsedTarget // of a line that stands for one
}

// note says once what is left out without loss.
func (l *listReader) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if l.options.Note == nil || l.noted[text] {
		return
	}
	if l.noted == nil {
		l.noted = make(map[string]bool)
	}
	if len(l.noted) < 100 {
		l.noted[text] = true
		l.options.Note(fmt.Sprintf("%s:%d: %s", l.name, l.number, text))
	}
}

// read reads one line, without comment, and gives what it stands for: mostly
// one target, or none where it tells about others. It is good until the next line.
func (l *listReader) read(text string) (parsed []parsedTarget, err error) {
	if strings.Trim(text, ",; \t") == "" { // a spreadsheet writes its empty rows so
		return nil, nil
	}
	if l.pem { // it may be a key: no line of it is looked up
		l.pem = !strings.HasPrefix(text, "-----END ")
		return nil, nil
	}
	l.pem = strings.HasPrefix(text, "-----BEGIN ")
	if l.useless = !l.begun && strings.ContainsRune(text, 0); l.pem || l.useless {
		return nil, errors.New("this is a file of certificates or keys, or no text, and not a list: type tlschain check FILE for certificates")
	}
	if !utf8.ValidString(text) {
		return nil, errors.New("the line is not UTF-8: save the list as UTF-8")
	}
	if !l.begun {
		l.begun = true
		if l.csv, err = parseHeader(text, l.note); err != nil {
			l.useless = true
			return nil, err
		}
		if l.csv != nil {
			return nil, nil
		}
	}
	if l.csv != nil {
		return l.one(l.csv.parse(text, l.note))
	}
	if parsed, ok := l.nmap.read(text); ok {
		l.note("read as nmap prints: open ports that are known for TLS or a way into it are taken")
		return parsed, nil
	}
	if section, ok := ansibleSection(text); ok {
		l.section = section
		l.note("read as an Ansible inventory: its hosts are taken, its variables are not")
		return nil, nil
	}
	if strings.Contains(l.section, ":") { // [web:vars], [web:children]
		return nil, nil
	}
	return l.one(l.plain(text))
}

func (l *listReader) one(p parsedTarget, err error) ([]parsedTarget, error) {
	if err != nil {
		return nil, err
	}
	l.parsed[0] = p
	return l.parsed[:], nil
}

// plain reads a line of a list that has no header.
func (l *listReader) plain(text string) (p parsedTarget, err error) {
	text = strings.TrimRight(text, ",; \t")
	text = unquoted(text)
	if host, rest, _ := strings.Cut(text, " "); l.section != "" || strings.Contains(rest, "ansible_") {
		return ansibleHost(host, rest)
	}
	if p, ok, err := hostAndPort(text); ok {
		return p, err
	}
	if p, ok := hostsFileLine(text); ok {
		return p, nil
	}
	p, err = parseTarget(text)
	p.text = text
	return p, err
}

// hostsFileLine reads a line of /etc/hosts: an address, the name that it is
// for, and further ones, which are left out.
func hostsFileLine(text string) (p parsedTarget, ok bool) {
	fields := strings.Fields(text)
	if len(fields) < 2 || strings.ContainsAny(text, ",;\"") {
		return p, false
	}
	addr, err := netip.ParseAddr(fields[0])
	if err != nil {
		return p, false
	}
	for _, name := range fields[1:] {
		if _, err := parseServerName(name); err != nil {
			return p, false
		}
	}
	p.serverName, _ = parseServerName(fields[1])
	p.first, p.last = addr.Unmap(), addr.Unmap()
	p.text = p.serverName + "@" + addr.String()
	return p, true
}

// hostAndPort reads "host port" and "host,port,server_name", as people write
// them without a header. ok is false for all else.
func hostAndPort(text string) (p parsedTarget, ok bool, err error) {
	fields := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t,;", r) })
	if len(fields) != 2 && len(fields) != 3 {
		return p, false, nil
	}
	for i := range fields {
		fields[i] = unquoted(fields[i])
	}
	port, err := parsePort(fields[1])
	if err != nil {
		return p, false, nil
	}
	if p, err = parseTarget(fields[0]); err != nil || p.port != 0 {
		return p, false, nil
	}
	p.text, p.port = fields[0]+":"+fields[1], port
	if strings.Contains(fields[0], ":") && !strings.Contains(fields[0], "[") {
		p.text = "[" + fields[0] + "]:" + fields[1]
	}
	if len(fields) == 3 {
		if p.serverName, err = parseServerName(fields[2]); err == nil && p.host == "" {
			p.text = p.serverName + "@" + p.text
		}
	}
	return p, true, err
}

// stripComment cuts a comment off. A # inside a word stays: it may be part of
// a URL.
func stripComment(line string) string {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			line = line[:i]
			break
		}
	}
	return trimmed(line)
}

func shorten(text string) string {
	const most = 200
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}

// maxWaste bounds what is skipped of one line. There is no end to /dev/zero.
const maxWaste = 16 << 20

var (
	errLongLine = errors.New("the line is too long for a target")
	errNoLines  = fmt.Errorf("more than %d MiB without a line end: this is no list", maxWaste>>20)
)

// A lineReader reads lines of bounded length and counts them.
type lineReader struct {
	in     *bufio.Reader
	number int
}

// next returns the next line without its end; errLongLine for one beyond
// maxLine, whose rest is skipped up to maxWaste; io.EOF after the last.
func (l *lineReader) next() (string, error) {
	line, err := l.in.ReadSlice('\n')
	l.number++
	switch {
	case err == bufio.ErrBufferFull:
		start := string(line[:256])
		for skipped := len(line); err == bufio.ErrBufferFull; skipped += len(line) {
			if skipped > maxWaste {
				return start, errNoLines
			}
			line, err = l.in.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return start, err
		}
		return start, errLongLine
	case err == io.EOF && len(line) > 0: // no newline at the end of the file
	case err != nil:
		return "", err
	}
	return string(bytes.TrimRight(line, "\r\n")), nil
}
