package scanner

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
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

// Targets reads a target list: one target a line as ParseTarget takes them,
// or CSV if the first line is a header. Blank lines and what follows a # at a
// line's start or after a space are left out; a byte order mark and CRLF do no
// harm. name stands for the list in errors.
//
// The list is read as the sequence is walked, and any number of times longer
// than memory. A line that cannot be used is yielded as a *LineError, and the
// rest goes on; any other error is the reader's, and the last. Walk it once.
func Targets(r io.Reader, name string, options TargetOptions) iter.Seq2[Target, error] {
	return func(yield func(Target, error) bool) {
		var csv *header
		lines := lineReader{in: bufio.NewReaderSize(r, maxLine)}
		for first := true; ; {
			text, err := lines.next()
			if err == io.EOF {
				return
			}
			if err != nil && err != errLongLine {
				yield(Target{}, fmt.Errorf("reading %s: %w", name, err))
				return
			}
			bad := func(err error) bool {
				return yield(Target{}, &LineError{File: name, Line: lines.number, Text: shorten(text), Err: err})
			}
			if err != nil {
				if !bad(err) {
					return
				}
				continue
			}
			if text = stripComment(text); text == "" {
				continue
			}
			if first {
				first = false
				if csv, err = parseHeader(text); err != nil {
					bad(err) // without its header the rest of the file has no meaning
					return
				}
				if csv != nil {
					continue
				}
			}
			p, err := parseLine(csv, text)
			if err == nil {
				var targets iter.Seq[Target]
				if targets, err = p.expand(options); err == nil {
					for t := range targets {
						if !yield(t, nil) {
							return
						}
					}
					continue
				}
			}
			if !bad(err) {
				return
			}
		}
	}
}

func parseLine(csv *header, text string) (p parsedTarget, err error) {
	if csv != nil {
		return csv.parse(text)
	}
	p, err = parseTarget(text)
	p.text = text
	return p, err
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
	return strings.TrimSpace(line)
}

func shorten(text string) string {
	const most = 200
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}

var errLongLine = errors.New("the line is too long for a target")

// A lineReader reads lines of bounded length and counts them.
type lineReader struct {
	in     *bufio.Reader
	number int
}

// next returns the next line without its end; errLongLine for one beyond
// maxLine, whose rest is skipped; io.EOF after the last.
func (l *lineReader) next() (string, error) {
	line, err := l.in.ReadSlice('\n')
	l.number++
	switch {
	case err == bufio.ErrBufferFull:
		start := string(line[:256])
		for err == bufio.ErrBufferFull {
			_, err = l.in.ReadSlice('\n')
		}
		if err != nil && err != io.EOF {
			return start, err
		}
		return start, errLongLine
	case err == io.EOF && len(line) > 0: // no newline at the end of the file
	case err != nil:
		return "", err
	}
	if l.number == 1 {
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	return string(bytes.TrimRight(line, "\r\n")), nil
}
