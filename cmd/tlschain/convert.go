package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
)

func (p *process) convertCommand() *cli.Command {
	return &cli.Command{
		Name:      "convert",
		Usage:     "show a saved JSON or NDJSON report in another format",
		ArgsUsage: "[REPORT]",
		Description: `REPORT is what scan or check wrote with --format json or ndjson, by this or any
older release; - or nothing is standard input.

Examples:
  tlschain convert --format html report.json -o report.html
  tlschain scan -f hosts.txt --format json | tlschain convert --format table -`,
		Flags:  reportFlags(),
		Action: p.convert,
	}
}

func (p *process) convert(c *cli.Context) error {
	plan, err := p.planReport(c)
	if err != nil {
		return err
	}
	if c.NArg() > 1 {
		return usagef("convert takes one report at a time").hintf("%s convert %s", name, c.Args().First())
	}
	from := io.NopCloser(p.stdin)
	if file := c.Args().First(); file != "" && file != "-" {
		if from, err = os.Open(file); err != nil {
			return usagef("%s: %w", file, errors.Unwrap(err)).hintf("convert takes a report that --format json or ndjson wrote")
		}
		defer from.Close()
	}
	in, err := reports.NewReader(untilDone(c.Context, from))
	if err != nil {
		return usagef("reading the report: %w", err).hintf("convert takes a report that --format json or ndjson wrote")
	}
	out, err := openOutput(p.stdout, plan.path)
	if err != nil {
		return err
	}
	writer, err := reports.New(plan.format, out, plan.options)
	if err != nil {
		return errors.Join(err, out.discard())
	}
	worst := &worst{Writer: writer, plan: plan}
	if err := reports.Convert(worst, in); err != nil {
		if flushErr := out.commit(true); flushErr != nil {
			return flushErr
		}
		return fmt.Errorf("reading the report: %w", err)
	}
	if err := out.commit(false); err != nil {
		return err
	}
	return worst.err()
}

// worst passes a report on and sees what its exit code is to be.
type worst struct {
	reports.Writer
	plan reportPlan
	outcome
}

func (w *worst) Endpoint(e *reports.Endpoint) error {
	w.see(e, w.plan.failOn)
	return w.Writer.Endpoint(e)
}
