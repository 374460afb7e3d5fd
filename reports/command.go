package reports

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/scanner"
)

// Command is what to type into a POSIX shell to do something about a target:
// the command, the target, and the flags that have it judged as it was.
func Command(command, target string, flags ...string) string {
	var b strings.Builder
	b.WriteString("tlschain " + command + " " + quote(Clean(target)))
	for _, flag := range flags {
		b.WriteString(" " + quote(Clean(flag)))
	}
	return b.String()
}

// numbered is a file's name with the number of one of its chains.
var numbered = regexp.MustCompile(`#[0-9]+$`)

// toType is what to type for an endpoint: its target, or the file that it is in.
// It is empty for what came on standard input.
func (e *Endpoint) toType() string {
	if strings.Contains(e.PinnedTarget, "@") {
		if _, err := scanner.ParseTarget(e.PinnedTarget, scanner.TargetOptions{}); err == nil { // a report may be foreign
			return e.PinnedTarget
		}
	}
	if e.Host != "" {
		return scanner.Target{Text: e.Target, Host: e.Host, Port: e.Port, ServerName: e.ServerName, STARTTLS: e.STARTTLS,
			Transport: e.Transport}.Typed()
	}
	file := numbered.ReplaceAllString(e.Target, "")
	switch {
	case file == "-":
		return ""
	case strings.HasPrefix(file, "-"):
		return "./" + file
	}
	return file
}

// command writes the corrected file of an example; empty where there is none.
func (m *Fix) command(flags []string) string {
	if m.example == "" {
		return ""
	}
	if !m.mended { // else it says what stays, and writes nothing
		flags = append(slices.Clip(flags), "--best-effort")
	}
	return Command("fix", m.example, flags...)
}
