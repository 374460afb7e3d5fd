package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// refusers names at most n clients that reject more endpoints than all that are
// not named.
func refusers(s Summary, n int) []string {
	clients := slices.Clone(s.Clients)
	slices.SortStableFunc(clients, func(a, b ClientCount) int { return cmp.Compare(b.Rejected, a.Rejected) })
	n = min(n, len(clients))
	for n > 0 && n < len(clients) && clients[n-1].Rejected == clients[n].Rejected {
		n--
	}
	var out []string
	for _, c := range clients[:n] {
		if c.Rejected > 0 {
			out = append(out, fmt.Sprintf("%s (%d)", c.Client, c.Rejected))
		}
	}
	return out
}

// A step is something to do now.
type step struct{ command, why string }

// Text is the step without its command.
func (s step) Text() string { return s.why }

// next is what an administrator does now: first the file that fixes most, then
// what explains the worst fault, then what could not be judged. Commands are
// made of the user's own words only.
func (l labels) next(s Summary, flags []string) (steps []step) {
	steps = l.interceptions(s)
	if i := slices.IndexFunc(s.Fixes, func(m Fix) bool { return m.example != "" }); i >= 0 {
		m := &s.Fixes[i]
		why := l.NextFix
		if m.leaves {
			why = l.NextFixOne
		}
		steps = append(steps, step{m.command(flags), l.count(why, m.unwaived)})
	} else if s.others > 0 {
		steps = append(steps, step{Command("fix", s.otherTarget, flags...), l.count(l.NextFixOther, s.others)})
	}
	if worst := mostFrequent(s.Findings); worst.Count > 0 && (s.Interception == nil || !ruleOf(worst.Rule).NamesAuthority) {
		steps = append(steps, step{"tlschain explain " + quote(worst.Rule), l.count(l.NextWhy, worst.Count)})
	}
	if s.Failed > 0 {
		again := step{why: l.count(l.NextRetry, s.Failed)}
		if s.failedTarget != "" {
			again.command = Command("scan", s.failedTarget, flags...)
		}
		steps = append(steps, again)
	}
	if steps == nil && s.Endpoints > 0 {
		steps = append(steps, step{"", l.NothingTo})
	}
	return steps
}

// steps writes them, commands in a column of their own where there is room.
func (t *tableWriter) steps(b *strings.Builder, s Summary) {
	steps := t.l.next(s, t.flags)
	if len(steps) == 0 {
		return
	}
	width := 0
	for _, one := range steps {
		width = max(width, columnsOf(one.command))
	}
	b.WriteString(t.l.Next + ":\n")
	for _, one := range steps {
		switch pad := strings.Repeat(" ", width-columnsOf(one.command)); {
		case one.command == "":
			t.paragraph(b, "  ", "  ", one.why)
		case width+columnsOf(one.why)+4 <= t.o.Width:
			b.WriteString("  " + one.command + pad + "  " + one.why + "\n")
		default:
			b.WriteString("  " + one.command + "\n")
			t.paragraph(b, "      ", "      ", one.why)
		}
	}
}

// mostFrequent picks the rule to explain: of the worst severity, the most frequent.
func mostFrequent(list []FindingCount) (out FindingCount) {
	for _, c := range list {
		if c.Count > 0 && (c.Severity > out.Severity || (c.Severity == out.Severity && c.Count > out.Count)) {
			out = c
		}
	}
	return out
}

// quote makes a word fit to be pasted into a POSIX shell.
func quote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-:/@[]%+,#=", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return singleQuoted(word)
}

// singleQuoted makes any word one word of a POSIX shell.
func singleQuoted(word string) string {
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
