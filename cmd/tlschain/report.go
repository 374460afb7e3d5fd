package main

import (
	"errors"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/scanner/wholefile"
)

func reportFlags() []cli.Flag {
	const group = "Report"
	return []cli.Flag{
		&cli.StringFlag{Name: "format", Category: group, Value: "table", Usage: "`FORMAT` of the report: " +
			strings.Join(reports.Formats(), ", ") + " (default table)"},
		&cli.StringFlag{Name: "detail", Category: group, Value: "full", Usage: "json and ndjson: `DETAIL` of each endpoint: full (default), " +
			"or brief: what endpoints and clients share is written once; junit: rules, a case for each rule"},
		&cli.StringFlag{Name: "o", Aliases: []string{"output"}, Category: group, Usage: "write to `FILE`, which keeps its old " +
			"content until the report is whole; interrupted, what there is goes to FILE.partial; packed if it ends in .gz or .zst"},
		&cli.StringFlag{Name: "fail-on", Category: group, Value: "error", Usage: "lowest `SEVERITY` that makes the exit code 1: " +
			"error (default), warning, info or never"},
		&cli.BoolFlag{Name: "wide", Category: group, Usage: "table: every column, however long the lines get"},
		&cli.StringFlag{Name: "group-by", Category: group, Usage: "table: one row for each `THING`: fix, rule, issuer, product or tag:NAME"},
		&cli.StringFlag{Name: "only", Category: group, Usage: "table: leave out what is below `SEVERITY`"},
		&cli.StringFlag{Name: "columns", Category: group, Usage: "table: these columns, as `NAME,...`"},
		&cli.StringFlag{Name: "fields", Category: group, Usage: "json and ndjson: only these fields of each endpoint, as `NAME,...`: " +
			"target,severity,chain.subject"},
		&cli.StringFlag{Name: "tag-labels", Category: group, Usage: "prometheus: these tags of the list of targets as " +
			"labels of its endpoints, as `NAME,...`: team,env"},
		langFlag(group),
	}
}

// includeFlag is for the commands that have certificates at hand.
func includeFlag() cli.Flag {
	return &cli.StringFlag{Name: "include", Category: "Report", Usage: "json and ndjson: also `WHAT`, which is pem: each certificate as it was sent"}
}

// A reportPlan is what the flags ask for, checked before any work is done.
type reportPlan struct {
	format  string
	path    string
	options reports.Options
	failOn  rules.Severity // None: never
}

func (p *process) planReport(c *cli.Context) (reportPlan, error) {
	plan := reportPlan{format: c.String("format"), path: c.String("o")}
	var err error
	if plan.failOn, err = failOn(c, ", for exit code 0 whatever is found"); err != nil {
		return plan, err
	}
	plan.options.Detail = c.String("detail")
	plan.options.Table = reports.TableOptions{Wide: c.Bool("wide"), GroupBy: c.String("group-by"), Columns: words(c.String("columns"))}
	if c.IsSet("fields") {
		if plan.options.Fields = words(c.String("fields")); len(plan.options.Fields) == 0 {
			return plan, usagef("--fields names no field").hintf("such as --fields target,severity; %s schema lists them", name)
		}
	}
	if c.IsSet("tag-labels") {
		if plan.options.TagLabels = words(c.String("tag-labels")); len(plan.options.TagLabels) == 0 {
			return plan, usagef("--tag-labels names no tag").hintf("such as --tag-labels team,env, for targets that have tags team=web;env=test")
		}
	}
	if what := c.String("include"); what != "" {
		if what != "pem" {
			return plan, usagef("--include %q: type --include pem", what)
		}
		if plan.format != "json" && plan.format != "ndjson" {
			return plan, usagef("--include pem: certificates are in json and ndjson only").
				hintf("add --format json, or write them to files by scan --save DIR")
		}
	}
	if text := c.String("only"); text != "" {
		if plan.options.Table.Only, err = rules.ParseSeverity(text); err != nil {
			return plan, usagef("--only: %w", err)
		}
	}
	if plan.options.Lang, err = p.lang(c); err != nil {
		return plan, err
	}
	if plan.path == "" || plan.path == "-" {
		plan.options.Width, plan.options.Colour = p.terminal()
	}
	if plan.format == calendarFormat && c.String("until") == "" {
		return plan, usagef("--format ics shows what is to come").hintf("%s scan --until 2030 --format ics", name)
	}
	writer, err := plan.writer(p.stdout)
	if err != nil {
		return plan, usagef("%w", err)
	}
	p.failing, _ = writer.(reports.ExitCoder)
	return plan, nil
}

// failOn is the severity from which findings make the exit code 1; None: never.
// never says what that means.
func failOn(c *cli.Context, never string) (rules.Severity, error) {
	text := c.String("fail-on")
	if text == "never" {
		return rules.None, nil
	}
	severity, err := rules.ParseSeverity(text)
	if err != nil {
		return severity, usagef("--fail-on: %w", err).hintf("or never%s", never)
	}
	return severity, nil
}

// calendarFormat is that of the outlook alone, which scan --until has.
const calendarFormat = "ics"

func (plan *reportPlan) writer(w io.Writer) (reports.Writer, error) {
	if plan.format == calendarFormat {
		return reports.NewCalendar(w, plan.options), nil
	}
	return reports.New(plan.format, w, plan.options)
}

// A reporting is one report on its way to where it is written.
type reporting struct {
	reports.Output
	out     *wholefile.File
	failing *reports.ExitCoder // of the process: a report that has ended needs no other in its place
	shown   bool               // by a service: it is to hold what could not be used, if it holds nothing else
}

func (p *process) openReport(plan reportPlan) (*reporting, error) {
	out, err := openOutput(p.stdout, plan.path)
	if err != nil {
		return nil, err
	}
	writer, err := plan.writer(out)
	if err != nil {
		return nil, errors.Join(err, out.Discard())
	}
	return &reporting{
		Output: reports.Output{To: writer, FailOn: plan.failOn}, out: out, failing: &p.failing, shown: reports.Shown(plan.format),
	}, nil
}

func (p *process) beginReport(plan reportPlan, header reports.Header) (*reporting, error) {
	r, err := p.openReport(plan)
	if err != nil {
		return nil, err
	}
	return r, r.Begin(header)
}

// End is that of the [reports.Output], after which its format has its say.
func (r *reporting) End(s reports.Summary) error {
	if coder, ok := r.To.(reports.ExitCoder); ok {
		*r.failing = coder
	}
	return r.Output.End(s)
}

// end closes the report, with an appendix for people to read if there is one.
func (r *reporting) end(interrupted bool, appendix string) error {
	s, err := r.Summary(interrupted)
	if err == nil {
		err = r.End(s)
	}
	if err == nil {
		_, err = r.out.WriteString(appendix)
	}
	if err != nil {
		return errors.Join(err, r.out.Discard())
	}
	return commitReport(r.out, interrupted)
}

// unused ends a report without anything judged, for the reason err.
func (r *reporting) unused(err error) error {
	if !r.shown || r.Tally.Skipped() == 0 {
		return errors.Join(err, r.out.Discard())
	}
	return errors.Join(err, r.end(false, ""))
}

// err tells the exit code of a report that has ended: its format's own, if that
// has some.
func (r *reporting) err() error {
	if coder, ok := r.To.(reports.ExitCoder); ok {
		return formatCode(coder.ExitCode())
	}
	return codeOf(r.Outcome)
}

// tool is what reports say that they were made by.
func tool() reports.Tool { return reports.Tool{Name: name, Version: versionText()} }

// words splits a list that was typed with commas.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
