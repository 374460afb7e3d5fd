package serverconf

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// The bounds of what macros and definitions may make of a configuration.
const (
	maxLines  = 500_000
	maxLength = 64 << 10 // of one line
)

type apacheMacro struct {
	parameters []string
	lines      []apacheLine
}

// expand puts in what is defined. What is not stays as it is, as with Apache,
// which has the environment of its start beside.
func (r *apacheReader) expand(line apacheLine) (string, error) {
	size := len(line.text)
	text := apacheVariable.ReplaceAllStringFunc(line.text, func(v string) string {
		value, ok := r.defines[v[2:len(v)-1]]
		if !ok {
			return v
		}
		if size += len(value); size > maxLength {
			return ""
		}
		return value
	})
	if size > maxLength {
		return "", fmt.Errorf("%v: with what is defined the line is longer than %d KiB", line.Place, maxLength>>10)
	}
	return text, r.made(line.Place, text)
}

// made counts a line that macros and definitions made.
func (r *apacheReader) made(at Place, text string) error {
	if r.grown += len(text) + 1; r.grown > maxBytes {
		return fmt.Errorf("%v: with macros and definitions the configuration is larger than %d MiB", at, maxBytes>>20)
	}
	return nil
}

// A boundedLine takes a line of up to maxLength, and fails beyond.
type boundedLine struct{ strings.Builder }

func (b *boundedLine) Write(p []byte) (int, error) { return b.WriteString(string(p)) }

func (b *boundedLine) WriteString(s string) (int, error) {
	if b.Len()+len(s) > maxLength {
		return 0, io.ErrShortBuffer
	}
	return b.Builder.WriteString(s)
}

var apacheVariable = regexp.MustCompile(`\$\{[^{}:]+\}`)

// macro keeps the lines of a macro of mod_macro as they are.
func (r *apacheReader) macro(c *lineCursor, d directive) error {
	if len(d.words) < 2 {
		return fmt.Errorf("%v: the macro has no name", d.Place)
	}
	m := &apacheMacro{parameters: d.words[2:]}
	for {
		line, ok := c.next()
		if !ok {
			return fmt.Errorf("%v: <Macro>: %w", d.Place, errUnended)
		}
		if end := strings.ToLower(line.text); strings.HasPrefix(end, "</macro") {
			r.macros[strings.ToLower(d.words[1])] = m
			return nil
		}
		m.lines = append(m.lines, line)
	}
}

// use reads the lines of a macro with arguments in the place of its parameters,
// of which the longest that fits comes first.
func (r *apacheReader) use(c *lineCursor, d directive) ([]directive, error) {
	var m *apacheMacro
	if len(d.words) > 1 {
		m = r.macros[strings.ToLower(d.words[1])]
	}
	if m == nil || len(d.words)-2 != len(m.parameters) {
		return nil, fmt.Errorf("%v: there is no macro %q with %d arguments",
			d.Place, strings.Join(d.words[1:], " "), max(0, len(d.words)-2))
	}
	if r.uses++; r.uses > maxUses {
		return nil, fmt.Errorf("%v: macros are used more than %d times", d.Place, maxUses)
	}
	order := make([]int, len(m.parameters))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(m.parameters[b]) - len(m.parameters[a]) })
	var pairs []string
	for _, i := range order {
		if m.parameters[i] != "" {
			pairs = append(pairs, m.parameters[i], d.words[i+2])
		}
	}
	replacer := strings.NewReplacer(pairs...)
	inner := &lineCursor{within: c.within, depth: c.depth + 1}
	for _, line := range m.lines {
		var text boundedLine
		if _, err := replacer.WriteString(&text, line.text); err != nil {
			return nil, fmt.Errorf("%v: with the arguments of the macro the line is longer than %d KiB",
				line.Place, maxLength>>10)
		}
		line.text = text.String()
		if err := r.made(line.Place, line.text); err != nil {
			return nil, err
		}
		inner.lines = append(inner.lines, line)
	}
	return r.block(inner, "")
}
