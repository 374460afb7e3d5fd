package reports

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Writer shows one report: Begin once, Endpoint for each endpoint as it
// comes, End once. It keeps no reference to an endpoint after the call unless
// its format needs the whole, and after an error only the error matters. It is
// not safe for concurrent use.
type Writer interface {
	Begin(Header) error
	Endpoint(*Endpoint) error
	End(Summary) error
}

// An ExitCoder is a [Writer] whose format defines exit codes of its own. After
// End, ExitCode is the program's.
type ExitCoder interface {
	Writer
	ExitCode() int
	// Fail takes the place of a report that cannot be made: it says why, in the
	// form of the format, and gives the exit code.
	Fail(message string) (int, error)
}

// Options say how a report is to look. The zero value is right for a file.
type Options struct {
	Width  int    // columns of the terminal; 0: not a terminal
	Colour bool   // ANSI colours are welcome
	Lang   string // "en" (also empty) or "ja"
	Detail string // "full" (also empty); of json and ndjson "brief", of junit "rules"
	Table  TableOptions
	Fields []string // of each endpoint, in json and ndjson: names, or paths such as chain.subject; none: all

	TagLabels []string // of prometheus: tags that are labels of each series of endpoints
}

// formats are the names of --format and their makers. json, ndjson and csv use
// constant memory, table and parquet a bounded one; html and others that group hold what
// they need of each endpoint.
var formats = []struct {
	name string
	make func(io.Writer, Options) (Writer, error)
}{
	{"table", newTable},
	{"json", newJSON},
	{"ndjson", newNDJSON},
	{"csv", newCSV},
	{"html", newHTML},
	{"markdown", newMarkdown},
	{"junit", newJUnit},
	{"sarif", newSARIF},
	{"prometheus", newPrometheus},
	{"dot", newDot},
	{"nagios", newNagios},
	{"github", newGitHub},
	{"gitlab", newGitLab},
	{"cyclonedx", newCycloneDX},
	{"parquet", newParquet},
}

// Shown reports whether a service shows the reports of a format in place of what
// the program says. Where nothing that was given can be used, such a report says
// so; others are not written then, and no SARIF: GitHub would take what it had for
// fixed.
func Shown(format string) bool {
	return slices.Contains([]string{"junit", "github", "gitlab"}, format)
}

// Formats lists the names that [New] knows.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// New makes a writer of the named format. The error names the formats there are.
func New(format string, w io.Writer, o Options) (Writer, error) {
	i := slices.Index(Formats(), format)
	switch {
	case i < 0:
		return nil, fmt.Errorf("unknown format %q: type one of %s", format, strings.Join(Formats(), ", "))
	case o.Detail != "" && !slices.Contains(details(), o.Detail):
		return nil, fmt.Errorf("unknown detail %q: type one of %s", o.Detail, strings.Join(details(), ", "))
	case o.Detail == ruleCases && format != "junit":
		return nil, fmt.Errorf("detail %s is for junit", ruleCases)
	case o.Detail == briefDetail && o.Fields != nil:
		return nil, errors.New("a brief report has all fields: choose them in a full one")
	case o.Detail == briefDetail && format != "json" && format != "ndjson":
		return nil, fmt.Errorf("only json and ndjson can be brief, and not %s: type --format json", format)
	}
	if o.Width > 0 && format == "parquet" {
		return nil, errors.New("parquet is for programs, not for a terminal: type -o report.parquet")
	}
	if o.Fields != nil && format != "json" && format != "ndjson" {
		return nil, fmt.Errorf("fields can be chosen in json and ndjson, not in %s: type --format json", format)
	}
	if o.TagLabels != nil && format != "prometheus" {
		return nil, fmt.Errorf("tag labels are for prometheus, not for %s: type --format prometheus", format)
	}
	return formats[i].make(w, o)
}
