package reports

import (
	"fmt"
	"io"
	"maps"
	"slices"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/tlschain/tlschain/rules"
)

// prometheusWriter writes metrics for node_exporter's textfile collector. The
// format wants all samples of a metric together, so some hundred bytes of each
// endpoint are held until the end.
type prometheusWriter struct {
	w        io.Writer
	header   Header
	families []*dto.MetricFamily
	seen     map[string]bool
	tags     []TagLabel
	counts   map[string]*groupCount // by group
}

// A groupCount is how many endpoints of a group are in which condition.
type groupCount struct {
	states   [rules.Error + 1]int
	failed   int
	findings map[[2]string]int // by rule and severity
}

// The metrics, by their index in families.
const (
	metricCaptured = iota
	metricExpiry
	metricLeafExpiry
	metricSeverity
	metricPresentation
	metricAccepting
	metricRefusing
	metricDuration
	metricFinding
	metricFindings
	metricSkipped
	metricEndpoints
	metricBegun
	metricInterrupted
)

func newPrometheus(w io.Writer, o Options) (Writer, error) {
	tags, err := TagLabels(o.TagLabels)
	if err != nil {
		return nil, err
	}
	p := &prometheusWriter{w: w, seen: map[string]bool{}, tags: tags, counts: map[string]*groupCount{}}
	for _, m := range [...][2]string{
		metricCaptured:     {CapturedSeries, CapturedHelp},
		metricExpiry:       {ExpiresSeries, ExpiresHelp},
		metricLeafExpiry:   {"tlschain_leaf_not_after_timestamp_seconds", "Expiry of the leaf."},
		metricSeverity:     {SeveritySeries, SeverityHelp},
		metricPresentation: {"tlschain_presentation", "Worst finding about what the server sends: 0 none, 1 info, 2 warning, 3 error."},
		metricAccepting:    {"tlschain_clients_accepting", "Client profiles that accept the chain."},
		metricRefusing:     {"tlschain_clients_refusing", "Client profiles that refuse the chain."},
		metricDuration:     {"tlschain_scan_duration_seconds", "How long the scan of the endpoint took: dial, STARTTLS and handshake."},
		metricFinding:      {"tlschain_finding", "A finding, 1 for each; waived ones too."},
		metricFindings:     {FindingsSeries, FindingsHelp},
		metricSkipped:      {SkippedSeries, SkippedHelp},
		metricEndpoints:    {EndpointsSeries, EndpointsHelp},
		metricBegun:        {"tlschain_report_timestamp_seconds", "When the scan began."},
		metricInterrupted:  {"tlschain_report_interrupted", "Whether the scan was stopped before its last target."},
	} {
		p.families = append(p.families, gauge(m[0], m[1]))
	}
	return p, nil
}

func gauge(name, help string) *dto.MetricFamily {
	kind := dto.MetricType_GAUGE
	return &dto.MetricFamily{Name: &name, Help: &help, Type: &kind}
}

func (p *prometheusWriter) Begin(h Header) error {
	p.header = h
	return nil
}

// labels name an endpoint, in the order of EndpointLabels.
func (p *prometheusWriter) labels(e *Endpoint) []string {
	pairs := labelled(EndpointLabels, e.Name(), e.Tags["group"], e.Address, e.ServerName)
	for _, tag := range p.tags {
		pairs = append(pairs, tag.Label, e.Tags[tag.Tag])
	}
	return pairs
}

func labelled(names []string, values ...string) (pairs []string) {
	for i, name := range names {
		pairs = append(pairs, name, values[i])
	}
	return pairs
}

// count counts an endpoint in its group.
func (p *prometheusWriter) count(e *Endpoint) {
	group := e.Tags["group"]
	c := p.counts[group]
	if c == nil {
		c = &groupCount{findings: map[[2]string]int{}}
		p.counts[group] = c
	}
	if e.Status == Failed {
		c.failed++
		return
	}
	c.states[e.Worst()]++
	worst := map[string]rules.Severity{}
	for i := range e.Findings {
		if f := &e.Findings[i]; !f.Waived {
			worst[f.Rule] = max(worst[f.Rule], f.Severity)
		}
	}
	for rule, severity := range worst {
		c.findings[[2]string{rule, severity.String()}]++
	}
}

func (p *prometheusWriter) Endpoint(e *Endpoint) error {
	p.count(e)
	where := p.labels(e)
	if key := fmt.Sprintf("%q", where); p.seen[key] {
		return nil // the same series twice would spoil the whole file
	} else {
		p.seen[key] = true
	}
	if e.Handshake != nil {
		p.add(metricDuration, e.Handshake.DurationMS/1000, where)
	}
	if e.Status == Failed {
		p.add(metricCaptured, 0, where)
		return nil
	}
	accepting, refusing := e.clientCounts()
	p.add(metricCaptured, 1, where)
	if t := e.Expires(); !t.IsZero() {
		p.add(metricExpiry, float64(t.Unix()), where)
	}
	if l := e.leaf(); l != nil && !l.NotAfter.IsZero() {
		p.add(metricLeafExpiry, float64(l.NotAfter.Unix()), where)
	}
	p.add(metricSeverity, float64(e.Worst()), where)
	p.add(metricPresentation, float64(e.Presentation), where)
	p.add(metricAccepting, float64(accepting), where)
	p.add(metricRefusing, float64(refusing), where)
	rules := map[string]bool{}
	for i := range e.Findings {
		f := &e.Findings[i]
		waived := "false"
		if f.Waived {
			waived = "true"
		}
		if key := f.Rule + " " + f.Severity.String() + " " + waived; !rules[key] {
			rules[key] = true
			p.add(metricFinding, 1, append(where[:len(where):len(where)], "rule", f.Rule, "severity", f.Severity.String(), "waived", waived))
		}
	}
	return nil
}

func (p *prometheusWriter) add(metric int, value float64, labels []string) {
	m := &dto.Metric{Gauge: &dto.Gauge{Value: &value}}
	for i := 0; i < len(labels); i += 2 {
		m.Label = append(m.Label, &dto.LabelPair{Name: &labels[i], Value: &labels[i+1]})
	}
	p.families[metric].Metric = append(p.families[metric].Metric, m)
}

func (p *prometheusWriter) End(s Summary) error {
	if len(p.counts) == 0 {
		p.counts[""] = &groupCount{} // zeros are told, too
	}
	for _, group := range slices.Sorted(maps.Keys(p.counts)) {
		c := p.counts[group]
		for severity, n := range c.states {
			p.add(metricEndpoints, float64(n), labelled(EndpointsLabels, group, rules.Severity(severity).String(), string(OK)))
		}
		p.add(metricEndpoints, float64(c.failed), labelled(EndpointsLabels, group, Unreachable, string(Failed)))
		for _, key := range slices.SortedFunc(maps.Keys(c.findings), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
			p.add(metricFindings, float64(c.findings[key]), labelled(FindingsLabels, group, key[0], key[1]))
		}
	}
	// A line that is no target is in no group; of a report of one group, in that.
	group := ""
	if len(p.counts) == 1 {
		group = slices.Collect(maps.Keys(p.counts))[0]
	}
	p.add(metricSkipped, float64(len(s.Skipped)+s.SkippedOmitted), labelled(SkippedLabels, group))
	if !p.header.StartedAt.IsZero() {
		p.add(metricBegun, float64(p.header.StartedAt.Unix()), nil)
	}
	stopped := 0.0
	if s.Interrupted {
		stopped = 1
	}
	p.add(metricInterrupted, stopped, nil)
	for _, f := range p.families {
		if len(f.Metric) == 0 {
			continue
		}
		if _, err := expfmt.MetricFamilyToText(p.w, f); err != nil {
			return fmt.Errorf("writing metrics: %w", err)
		}
	}
	return nil
}
