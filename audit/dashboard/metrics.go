package dashboard

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tlschain/audit/history"
)

// metrics are read from the history at each scrape: what another process
// audited is in them too. Series of endpoints have the names that the report in
// Prometheus' format gives them.
func (s *Server) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{s}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError, MaxRequestsInFlight: 2, Timeout: time.Minute})
}

type collector struct{ *Server }

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("tlschain_"+name, help, labels, nil)
}

var (
	descEndpoints = gauge("endpoints", "Endpoints of a group by state: ok, info, warning, error by their worst finding that is not waived, or unreachable.", "group", "state")
	descLast      = gauge("audit_last_success_timestamp_seconds", "When the last complete audit of the group ended.", "group")
	descDuration  = gauge("audit_duration_seconds", "How long the last complete audit of the group took.", "group")
	descNext      = gauge("audit_next_timestamp_seconds", "When the group is due next.", "group")
	descRunning   = gauge("audit_running", "Whether this process audits the group just now.", "group")
	descFlapping  = gauge("audit_flapping_endpoints", "Endpoints of the last complete audit that changed and could not make up their mind.", "group")
	descNotices   = gauge("notifications_failed", "Notices that a receiver did not take at the last attempt.", "receiver")
	descBytes     = gauge("history_bytes", "Size of the history.")
	descBuild     = gauge("build_info", "1, with the version of tlschain.", "version")
	descCaptured  = gauge("endpoint_captured", "Whether a certificate chain was captured (1) or not (0).", "group", "endpoint")
	descSeverity  = gauge("severity", "Worst finding that is not waived: 0 none, 1 info, 2 warning, 3 error.", "group", "endpoint")
	descExpiry    = gauge("chain_not_after_timestamp_seconds", "When the first certificate that clients use runs out.", "group", "endpoint")
)

func (c *collector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descEndpoints, descLast, descDuration, descNext, descRunning, descFlapping, descNotices, descBytes, descBuild, descCaptured, descSeverity, descExpiry} {
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
			send(descEndpoints, float64(n), g.Name, severityName(severity))
		}
		send(descEndpoints, float64(g.Unreachable), g.Name, "unreachable")
		send(descRunning, truth(g.Running), g.Name)
		if !g.Next.IsZero() {
			send(descNext, float64(g.Next.Unix()), g.Name)
		}
		if err := c.lastAudit(ctx, g.Name, send); err != nil {
			return err
		}
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
	if c.Config.Serve.Metrics == "groups" {
		return nil
	}
	return c.eachEndpoint(ctx, send)
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
	send(descDuration, last.Ended.Sub(last.Started).Seconds(), group)
	send(descFlapping, float64(summaryOf(last).Flapping), group)
	return nil
}

func (c *collector) eachEndpoint(ctx context.Context, send sender) error {
	return c.DB.Conditions(ctx, func(e history.Condition) error {
		send(descCaptured, truth(e.Status == "ok"), e.Group, e.Key)
		if e.Status != "ok" {
			return nil
		}
		send(descSeverity, float64(e.Worst), e.Group, e.Key)
		if !e.Expires.IsZero() {
			send(descExpiry, float64(e.Expires.Unix()), e.Group, e.Key)
		}
		return nil
	})
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
