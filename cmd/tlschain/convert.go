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
	report, err := p.openReport(plan)
	if err != nil {
		return err
	}
	if err := reports.Convert(report, in); err != nil {
		if flushErr := report.out.commit(true); flushErr != nil {
			return flushErr
		}
		return fmt.Errorf("reading the report: %w", err)
	}
	if err := report.out.commit(false); err != nil {
		return err
	}
	return report.err()
}
