package reports

import (
	"fmt"
	"io"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// prometheusWriter writes metrics for node_exporter's textfile collector. The
// format wants all samples of a metric together, so some hundred bytes of each
// endpoint are held until the end.
type prometheusWriter struct {
	w        io.Writer
	header   Header
	families []*dto.MetricFamily
	seen     map[string]bool
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
)

// The series of endpoints that audits have as well as reports: what they are
// called and what they mean.
const (
	CapturedSeries = "tlschain_endpoint_captured"
	CapturedHelp   = "Whether a certificate chain was captured (1) or not (0)."
	ExpiresSeries  = "tlschain_chain_not_after_timestamp_seconds"
	ExpiresHelp    = "Earliest expiry on the paths that accepting clients use, trust anchors left out; of the leaf where none accepts."
	SeveritySeries = "tlschain_severity"
	SeverityHelp   = "Worst finding that is not waived: 0 none, 1 info, 2 warning, 3 error."
	SkippedSeries  = "tlschain_skipped_lines"
	SkippedHelp    = "Lines and files that are no targets and were left out."
)

func newPrometheus(w io.Writer, _ Options) (Writer, error) {
	p := &prometheusWriter{w: w, seen: map[string]bool{}}
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

func (p *prometheusWriter) Endpoint(e *Endpoint) error {
	where := []string{"endpoint", e.Name(), "address", e.Address, "server_name", e.ServerName}
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
	total := gauge("tlschain_endpoints", "Endpoints of the report, by status.")
	at := gauge("tlschain_report_timestamp_seconds", "When the scan began.")
	interrupted := gauge("tlschain_report_interrupted", "Whether the scan was stopped before its last target.")
	skipped := gauge(SkippedSeries, SkippedHelp)
	p.families = append(p.families, skipped, total, at, interrupted)
	n := len(p.families)
	p.add(n-4, float64(len(s.Skipped)+s.SkippedOmitted), nil)
	p.add(n-3, float64(s.OK), []string{"status", string(OK)})
	p.add(n-3, float64(s.Failed), []string{"status", string(Failed)})
	if !p.header.StartedAt.IsZero() {
		p.add(n-2, float64(p.header.StartedAt.Unix()), nil)
	}
	stopped := 0.0
	if s.Interrupted {
		stopped = 1
	}
	p.add(n-1, stopped, nil)
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
