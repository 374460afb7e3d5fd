package dashboard

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/reports"
)

// metrics are read from the history at each scrape: what another process
// audited is in them too.
func (s *Server) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{s}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	turns := make(chan struct{}, 2) // scrapes at once
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case turns <- struct{}{}:
			defer func() { <-turns }()
		default:
			http.Error(w, "too many scrapes at once", http.StatusServiceUnavailable)
			return
		}
		families, err := registry.Gather()
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if err := s.writeMetrics(w, r, families); err != nil {
			if r.Context().Err() == nil {
				s.Report(fmt.Errorf("answering %s: %w", r.URL.Path, err))
			}
			panic(http.ErrAbortHandler) // half of the series must not look like all
		}
	})
}

// writeMetrics writes families, which are few, and after them the series of
// endpoints as they are read.
func (s *Server) writeMetrics(w http.ResponseWriter, r *http.Request, families []*dto.MetricFamily) error {
	format := expfmt.NewFormat(expfmt.TypeTextPlain)
	w.Header().Set("Content-Type", string(format))
	var to io.Writer = w
	end := func() error { return nil }
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		packed, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
		if err != nil {
			return err
		}
		to, end = packed, packed.Close
	}
	out := bufio.NewWriterSize(to, 32<<10)
	encoder := expfmt.NewEncoder(out, format)
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			return err
		}
	}
	if s.Config.Serve.Metrics != "groups" {
		if err := s.writeSeries(r.Context(), out); err != nil {
			return err
		}
	}
	return errors.Join(out.Flush(), end())
}

type collector struct{ *Server }

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("tlschain_"+name, help, labels, nil)
}

var (
	descEndpoints = prometheus.NewDesc(reports.EndpointsSeries, reports.EndpointsHelp, reports.EndpointsLabels, nil)
	descFindings  = prometheus.NewDesc(reports.FindingsSeries, reports.FindingsHelp, reports.FindingsLabels, nil)
	descLast      = gauge("audit_last_success_timestamp_seconds", "When the last complete audit of the group ended.", "group")
	descDuration  = gauge("audit_duration_seconds", "How long the last complete audit of the group took.", "group")
	descNext      = gauge("audit_next_timestamp_seconds", "When the group is due next.", "group")
	descRunning   = gauge("audit_running", "Whether this process audits the group just now.", "group")
	descWaiting   = gauge("audit_waiting_seconds", "How long the group has waited for a worker of its zone to take its audit; 0: "+
		"it does not wait.", "group", "zone")
	descWorkers = gauge("zone_workers", "Workers of the zone that told of late that they live.", "zone")
	descTargets = gauge("audit_targets", "Targets of the audit of the group that the workers of its zone share just now.",
		"group", "zone")
	descDone = gauge("audit_targets_done", "Targets of that audit that are done.", "group", "zone")
	descLeft = gauge("audit_left_seconds", "How long that audit will take yet, at the pace of the last five minutes; "+
		"absent while that is unknown.", "group", "zone")
	descFailed   = gauge("audit_shard_failures", "Attempts at parts of that audit that failed.", "group", "zone")
	descFlapping = gauge("audit_flapping_endpoints", "Endpoints of the last complete audit that changed and could not make up their mind.",
		"group")
	descSkipped = prometheus.NewDesc(reports.SkippedSeries, reports.SkippedHelp, reports.SkippedLabels, nil)
	descNotices = gauge("notifications_failed", "Notices that a receiver did not take at the last attempt.", "receiver")
	descBytes   = gauge("history_bytes", "Size of the history.")
	descBuild   = gauge("build_info", "1, with the version of tlschain.", "version")
)

func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descEndpoints, descFindings, descLast, descDuration, descNext, descRunning, descWaiting, descWorkers,
		descTargets, descDone, descLeft, descFailed, descFlapping,
		descSkipped, descNotices, descBytes, descBuild} {
		out <- d
	}
}

func (c *collector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := c.collect(ctx, out); err != nil {
		out <- prometheus.NewInvalidMetric(descEndpoints, err)
	}
}

func (c *collector) collect(ctx context.Context, out chan<- prometheus.Metric) error {
	send := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	send(descBuild, 1, c.Version)
	groups, err := c.groups(ctx)
	if err != nil {
		return err
	}
	for _, g := range groups {
		for severity, n := range g.Worst {
			send(descEndpoints, float64(n), g.Name, severityName(severity), string(reports.OK))
		}
		send(descEndpoints, float64(g.Unreachable), g.Name, reports.Unreachable, string(reports.Failed))
		send(descRunning, truth(g.Running), g.Name)
		if g.Zone != "" {
			send(descWaiting, max(0, c.waited(g)), g.Name, g.Zone)
		}
		if !g.Next.IsZero() {
			send(descNext, float64(g.Next.Unix()), g.Name)
		}
		if g.Ended != nil {
			send(descSkipped, float64(summaryOf(*g.Ended).Skipped), g.Name)
		}
		if err := c.lastAudit(ctx, g.Name, send); err != nil {
			return err
		}
	}
	found, err := c.DB.RuleCounts(ctx)
	if err != nil {
		return err
	}
	for _, f := range found {
		if c.Config.Groups[f.Group] != nil {
			send(descFindings, float64(f.N), f.Group, f.Rule, f.Severity)
		}
	}
	if err := c.zones(ctx, send); err != nil {
		return err
	}
	failed, err := c.DB.FailedNotices(ctx)
	if err != nil {
		return err
	}
	for name := range c.Config.Receivers {
		send(descNotices, float64(failed[name]), name)
	}
	size, err := c.DB.Size(ctx)
	if err != nil {
		return err
	}
	send(descBytes, float64(size))
	return nil
}

// zones tells what workers do.
func (c *collector) zones(ctx context.Context, send sender) error {
	zones, err := audit.Status(ctx, c.Config, c.DB, nil)
	if err != nil {
		return err
	}
	for _, z := range zones {
		if z.Zone == "" {
			continue
		}
		send(descWorkers, float64(z.Workers), z.Zone)
		for _, a := range z.Audits {
			send(descTargets, float64(a.Targets), a.Group, z.Zone)
			send(descDone, float64(a.TargetsDone), a.Group, z.Zone)
			send(descFailed, float64(a.Failures), a.Group, z.Zone)
			if a.SecondsLeft > 0 {
				send(descLeft, a.SecondsLeft, a.Group, z.Zone)
			}
		}
	}
	return nil
}

// waited is how long a group has waited for a worker, in seconds.
func (c *collector) waited(g groupView) float64 {
	if g.Waiting.IsZero() {
		return 0
	}
	return max(c.Now().Sub(g.Waiting), 0).Seconds()
}

type sender func(d *prometheus.Desc, value float64, labels ...string)

func (c *collector) lastAudit(ctx context.Context, group string, send sender) error {
	last, err := c.DB.LastComplete(ctx, group, 0)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	send(descLast, float64(last.Ended.Unix()), group)
	send(descDuration, audit.Took(last).Seconds(), group)
	send(descFlapping, float64(summaryOf(last).Flapping), group)
	return nil
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
