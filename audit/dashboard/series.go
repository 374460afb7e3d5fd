package dashboard

import (
	"bufio"
	"context"
	"strconv"
	"strings"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

// A series is one metric of every endpoint, with the name and the meaning that
// the report in Prometheus' format gives it.
type series struct {
	name, help string
	value      func(*history.Condition) (value int64, known bool)
}

var allSeries = [...]series{
	{reports.CapturedSeries, reports.CapturedHelp, func(c *history.Condition) (int64, bool) {
		if c.Status == "ok" {
			return 1, true
		}
		return 0, true
	}},
	{reports.SeveritySeries, reports.SeverityHelp, func(c *history.Condition) (int64, bool) {
		return int64(c.Worst), c.Status == "ok"
	}},
	{reports.ExpiresSeries, reports.ExpiresHelp, func(c *history.Condition) (int64, bool) {
		return c.Expires.Unix(), c.Status == "ok" && !c.Expires.IsZero()
	}},
}

// writeSeries writes the series of all endpoints. The format wants the samples
// of one metric together, so the endpoints are read once for each of the three:
// that is quick, and holding 100,000 of anything is not small.
func (s *Server) writeSeries(ctx context.Context, out *bufio.Writer) error {
	tags, err := reports.TagLabels(s.Config.Serve.TagLabels)
	if err != nil {
		return err
	}
	var line []byte
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
	for _, metric := range allSeries {
		out.WriteString("# HELP " + metric.name + " " + metric.help + "\n# TYPE " + metric.name + " gauge\n")
		err := s.DB.Conditions(ctx, func(c *history.Condition) error {
			value, known := metric.value(c)
			if !known {
				return nil
			}
			line = append(append(line[:0], metric.name...), '{')
			add := func(label, value string) {
				line = append(append(line, label...), `="`...)
				line = append(append(line, escape.Replace(value)...), `",`...)
			}
			address, serverName := audit.Where(c.Ref)
			for i, value := range [...]string{c.Key, c.Group, address, serverName} {
				add(reports.EndpointLabels[i], value)
			}
			for _, tag := range tags {
				add(tag.Label, c.Tags.Get(tag.Tag))
			}
			line = append(line[:len(line)-1], "} "...)
			line = append(strconv.AppendInt(line, value, 10), '\n')
			_, err := out.Write(line)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
