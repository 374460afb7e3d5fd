package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner/wholefile"
)

func (p *process) convertCommand() *cli.Command {
	return &cli.Command{
		Name:      "convert",
		Usage:     "show a saved JSON or NDJSON report in another format",
		ArgsUsage: "[REPORT...]",
		Description: `REPORT is what scan or check wrote with --format json or ndjson, by this or any
older release; - or nothing is standard input. One whose name ends in .gz or
.zst is unpacked. With --merge there may be several, such as those of a scan's
shards: they become one, and its summary is counted anew, as that of NDJSON is,
which has none: --policy FILE says then whether interception-suspected is off.

Examples:
  tlschain convert --format html report.json -o report.html
  tlschain scan -f hosts.txt --format json | tlschain convert --format table -
  tlschain convert --merge shard-*.ndjson.zst --format json -o all.json.gz`,
		Flags: append(reportFlags(), &cli.StringFlag{Name: "policy", Category: "Report",
			Usage: "severities that the scan was judged by, `FILE`, for rules about a report as a whole"},
			&cli.BoolFlag{Name: "merge", Category: "Report", Usage: "make one report of several, of different targets"}),
		Action: p.convert,
	}
}

func (p *process) convert(c *cli.Context) error {
	plan, err := p.planReport(c)
	if err != nil {
		return err
	}
	files := c.Args().Slice()
	if len(files) > 1 && !c.Bool("merge") {
		return usagef("convert takes one report at a time").hintf("%s convert %s, or --merge to make one of them", name, files[0])
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	var ignored []string
	if file := c.String("policy"); file != "" {
		policy, err := (&tlschain.Env{}).ReadPolicy(file)
		if err != nil {
			return flagError(err)
		}
		if policy.IsOff(reports.InterceptionRule) {
			ignored = append(ignored, reports.InterceptionRule)
		}
	}
	var all []*reports.Reader
	for _, file := range files {
		in, closeFile, err := p.readReport(c.Context, file)
		if err != nil {
			return err
		}
		defer closeFile()
		all = append(all, in)
	}
	if !slices.ContainsFunc(all, func(r *reports.Reader) bool { return !r.Empty() }) {
		from := files[0]
		if from == "-" {
			from = "standard input"
		}
		return usagef("%s is empty: the scan that should have written it said why", from).
			hintf("write it again, by %s scan --format json", name)
	}
	report, err := p.openReport(plan)
	if err != nil {
		return err
	}
	if c.Bool("merge") {
		err = reports.Merge(report, all, ignored...)
	} else {
		err = reports.Convert(report, all[0], ignored...)
	}
	switch {
	case errors.Is(err, reports.ErrOtherClients):
		return errors.Join(usagef("--merge: %w", err), report.out.Discard())
	case err != nil:
		if flushErr := commitReport(report.out, true); flushErr != nil {
			return flushErr
		}
		return fmt.Errorf("reading the report: %w", err)
	}
	for i, in := range all {
		if n := in.Lacking(); n > 0 {
			fmt.Fprintf(p.stderr, "%s: note: %s mentions %d certificates that it does not describe: their hashes are all that is known\n",
				name, files[i], n)
		}
	}
	if err := commitReport(report.out, false); err != nil {
		return err
	}
	return report.err()
}

// readReport opens a saved report; - is standard input.
func (p *process) readReport(ctx context.Context, file string) (*reports.Reader, func() error, error) {
	const hint = "convert takes a report that --format json or ndjson wrote"
	from := io.NopCloser(p.stdin)
	if file != "-" {
		var err error
		if from, err = os.Open(file); err != nil {
			return nil, nil, usagef("%s: %w", file, errors.Unwrap(err)).hintf(hint)
		}
	}
	plain, err := wholefile.Unpack(file, tlschain.UntilDone(ctx, from))
	if err != nil {
		from.Close()
		return nil, nil, usagef("unpacking %s: %w", file, err).hintf(hint)
	}
	in, err := reports.NewReader(plain)
	if err != nil {
		from.Close()
		return nil, nil, usagef("reading the report: %w", err).hintf(hint)
	}
	return in, from.Close, nil
}
