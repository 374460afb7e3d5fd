package reports

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The series that audits have as well as reports: what they are called and what
// they mean. Each has one set of labels in both; a label that says nothing there
// is empty, which Prometheus takes for absent.
const (
	CapturedSeries  = "tlschain_endpoint_captured"
	CapturedHelp    = "Whether a certificate chain was captured (1) or not (0)."
	ExpiresSeries   = "tlschain_chain_not_after_timestamp_seconds"
	ExpiresHelp     = "Earliest expiry on the paths that accepting clients use, trust anchors left out; of the leaf where none accepts."
	SeveritySeries  = "tlschain_severity"
	SeverityHelp    = "Worst finding that is not waived: 0 none, 1 info, 2 warning, 3 error."
	EndpointsSeries = "tlschain_endpoints"
	EndpointsHelp   = "Endpoints of a group by state (ok, info, warning or error by their worst finding that is not waived, or " +
		"unreachable) and status (ok, or failed for the unreachable)."
	FindingsSeries = "tlschain_findings"
	FindingsHelp   = "Endpoints of a group that have a finding of the rule that is not waived, by its worst severity there."
	SkippedSeries  = "tlschain_skipped_lines"
	SkippedHelp    = "Lines and files that are no targets and were left out."
)

// The labels of those series, in the order in which they are written; those of an
// endpoint are followed by the tags that were chosen.
var (
	EndpointLabels  = []string{"endpoint", "group", "address", "server_name"}
	EndpointsLabels = []string{"group", "state", "status"}
	FindingsLabels  = []string{"group", "rule", "severity"}
	SkippedLabels   = []string{"group"}
)

// Unreachable is the state of endpoints that presented no chain.
const Unreachable = "unreachable"

// A TagLabel is a tag that is a label of each series of endpoints.
type TagLabel struct{ Tag, Label string }

// maxTagLabels bounds what each sample is longer by.
const maxTagLabels = 10

// TagLabels makes labels of tags: tag_ and the tag's name, in which what labels
// cannot have is an underscore.
func TagLabels(tags []string) ([]TagLabel, error) {
	if len(tags) > maxTagLabels {
		return nil, fmt.Errorf("%d tags: choose at most %d, each makes every series longer", len(tags), maxTagLabels)
	}
	var all []TagLabel
	for _, tag := range tags {
		if strings.TrimSpace(tag) == "" || strings.ContainsAny(tag, "=;") {
			return nil, errors.New("a tag's name belongs here, such as team, and no value")
		}
		label := "tag_" + strings.Map(func(r rune) rune {
			if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
				return r
			}
			return '_'
		}, tag)
		if i := slices.IndexFunc(all, func(l TagLabel) bool { return l.Label == label }); i >= 0 {
			return nil, fmt.Errorf("%s and %s would both be the label %s: leave out one", Clean(all[i].Tag), Clean(tag), label)
		}
		all = append(all, TagLabel{tag, label})
	}
	return all, nil
}
