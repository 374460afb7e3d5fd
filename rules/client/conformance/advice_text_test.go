package conformance

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tlschain/tlschain/rules/chain"
)

// A step is what a text says to do with a presented list, read from its words.
type step struct {
	text  string
	sends bool
	loses string // clients that the text says would refuse then
}

const quoted = `"(?:[^"\\]|\\.)*"`

var (
	entryAt  = `(?:` + quoted + ` at position|the entry at position|entry) (\d+)`
	entryBy  = `(?:` + quoted + ` )?\(SHA-256 ([0-9a-f]{64})\)`
	sendOnly = regexp.MustCompile(`Send nothing but the server's certificate\.`)
	sendJust = regexp.MustCompile(`Send exactly this after the server's certificate: ((?:(?:` + entryAt + `|` + entryBy + `)(?:, )?)+)\.`)
	sendAt   = regexp.MustCompile(`Send ` + entryBy + ` (after position (\d+)|after it|in place of ` + entryAt + `)\.`)
	takeOut  = regexp.MustCompile(`Take (?:` + entryAt + `|the certificates at positions ([\d, and]+?)) out of the list\.`)
	loses    = regexp.MustCompile(`Then (.*?) would refuse\.`)
	doing    = regexp.MustCompile(`\b(Send|Take|Delete|Leave) `)
	item     = regexp.MustCompile(entryAt + `|` + entryBy)
	digits   = regexp.MustCompile(`\d+`)
	sentence = regexp.MustCompile(`That gains .*?\.(?: |$)`)
)

// readAdvice cuts a text into what it says to do. It refuses words that it does
// not know: what cannot be read cannot be held to anything.
func readAdvice(text string) (steps []step, err error) {
	for _, part := range sentence.Split(text, -1) {
		if !doing.MatchString(part) {
			continue
		}
		s := step{text: part, sends: strings.Contains(part, "Send ")}
		if m := loses.FindStringSubmatch(text); m != nil {
			s.loses = m[1]
		}
		steps = append(steps, s)
	}
	return steps, nil
}

// apply does to a list what the step says. A text that says to do what this does
// not know fails.
func (s step) apply(presented, pool []chain.Entry) ([]chain.Entry, error) {
	byHash := func(hex string) (chain.Entry, error) {
		for _, e := range slices.Concat(pool, presented) {
			if e.SHA256.String() == hex {
				return e, nil
			}
		}
		return chain.Entry{}, fmt.Errorf("no certificate has SHA-256 %s", hex)
	}
	leaf := presented[:1]
	if sendOnly.MatchString(s.text) {
		return leaf, nil
	}
	if m := sendJust.FindStringSubmatch(s.text); m != nil {
		out := slices.Clone(leaf)
		for _, it := range item.FindAllStringSubmatch(m[1], -1) {
			if it[1] != "" {
				i, _ := strconv.Atoi(it[1])
				out = append(out, presented[i])
				continue
			}
			e, err := byHash(it[2])
			if err != nil {
				return nil, err
			}
			out = append(out, e)
		}
		return out, nil
	}
	list := make([][]chain.Entry, len(presented)) // what stands at each position now
	for i := range presented {
		list[i] = presented[i : i+1 : i+1]
	}
	did, last := 0, -1
	for _, m := range sendAt.FindAllStringSubmatch(s.text, -1) {
		e, err := byHash(m[1])
		if err != nil {
			return nil, err
		}
		did++
		switch {
		case m[3] != "":
			last, _ = strconv.Atoi(m[3])
			list[last] = append(list[last], e)
		case m[4] != "":
			last, _ = strconv.Atoi(m[4])
			list[last] = []chain.Entry{e}
		default:
			list[last] = append(list[last], e)
		}
	}
	for _, m := range takeOut.FindAllStringSubmatch(s.text, -1) {
		did++
		for _, n := range digits.FindAllString(m[1]+" "+m[2], -1) {
			i, _ := strconv.Atoi(n)
			list[i] = nil
		}
	}
	if did < len(doing.FindAllString(s.text, -1)) {
		return nil, fmt.Errorf("cannot read what is to be done in %q", s.text)
	}
	return slices.Concat(list...), nil
}
