package main

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/cmd/tlschain/internal/heap"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/wholefile"
)

func (p *process) scanCommand() *cli.Command {
	return &cli.Command{
		Name:      "scan",
		Usage:     "scan live endpoints and judge the chain that each one presents",
		ArgsUsage: "TARGET...",
		Description: `A target is any of these:
  example.com  example.com:8443  192.0.2.1  [2001:db8::1]:443
  https://example.com/any/path
  www.example.com@192.0.2.7:443        this name, at that address
  starttls+smtp://mx.example.com       and imap, pop3, ldap, postgres, ...
  192.0.2.0/24  10.0.0.1-10.0.0.9      every address of it
  -                                    a list on standard input

A list has a target a line, or is CSV, divided by commas, semicolons or tabs,
with a header:
  host,port,server_name,address,starttls,tags,expect_sha256
Ansible inventories (INI) and what nmap prints are read, too.

Examples:
  tlschain scan example.com
  tlschain scan -f hosts.txt --format json -o report.json
  tlschain scan --clients all mail.example.com:25
  tlschain scan --server-name www.example.com 192.0.2.7
  tlschain scan --roots our-ca.pem -f intranet.txt --fail-on warning
  tlschain scan -f hosts.txt --until 2028 --format ics -o outlook.ics
  tlschain scan k8s://production

Exit code: 130 interrupted, 2 usage or no usable input, 1 a finding at or above
--fail-on, 3 something could not be judged, 0 all is well.`,
		Flags: slices.Concat(
			[]cli.Flag{
				&cli.StringSliceFlag{Name: "f", Aliases: []string{"file"}, Category: "Targets", Usage: "read targets from `LIST`, - for " +
					"standard input; may be given several times"},
				&cli.StringFlag{Name: "port", Category: "Targets", Value: "443", Usage: "`PORTS` where a target names none, " +
					"such as 443,8443 (default 443)"},
				&cli.StringFlag{Name: "server-name", Category: "Targets", Usage: "`NAME` to send as SNI and to check, for all targets"},
				&cli.StringSliceFlag{Name: "tag", Category: "Targets", Usage: "only targets whose list gives them the tag `NAME:VALUE`, such as " +
					"team:web; several names: all of them, several values of a name: any"},
				&cli.BoolFlag{Name: "strict", Category: "Targets", Usage: "a line that cannot be used ends the run before any connection"},
			},
			[]cli.Flag{
				&cli.StringFlag{Name: "resume", Category: "Targets", Usage: "keep finished targets in the journal `FILE`, " +
					"and if it is there, go on where it ends: nothing is lost and nothing scanned twice"},
				&cli.StringFlag{Name: "exclude", Category: "Targets", Usage: "`FILE` of hosts and networks that must not be connected to, one a line"},
				&cli.StringFlag{Name: "shard", Category: "Targets", Usage: "only the `I/N`th part of the targets: over all I from 1 to N, " +
					"each target is in one part"},
			},
			judgingFlags(),
			[]cli.Flag{revocationFlag()},
			scannerFlags(),
			reportFlags(),
			[]cli.Flag{includeFlag(),
				&cli.StringFlag{Name: "until", Category: "Report", Usage: "also list the days on which something changes for the endpoints, up to `TIME`, " +
					"in table and json; --format ics: that alone, as a calendar"},
				&cli.StringFlag{Name: "affected", Category: "Report", Usage: "report only endpoints that have `WHAT` on a path, sent or needed, and those " +
					"that could not be judged: the SHA-256 of a certificate or key, a name, or a file of certificates or of what is distrusted"},
				&cli.StringFlag{Name: "save", Category: "Report", Usage: "also write each chain, as it was sent, to a file of `DIR`: " +
					"HOST-HASH.pem, HASH being how the file's SHA-256 begins"}},
		),
		Action: p.scan,
	}
}

func (p *process) scan(c *cli.Context) error {
	started := time.Now()
	heap.Bound()
	plan, err := p.planReport(c)
	if err != nil {
		return err
	}
	config, err := p.configOf(c)
	if err != nil {
		return err
	}
	var part scanner.Shard
	if text := c.String("shard"); text != "" {
		if part, err = scanner.ParseShard(text); err != nil {
			return usagef("--shard %w", err)
		}
	}
	var only *reports.Search
	if what := c.String("affected"); what != "" {
		if only, err = p.search(what); err != nil {
			return err
		}
	}
	if c.String("until") != "" {
		config.PEM = true // chains are judged again as of the days to come
	}
	evaluated, journal := started, (*tlschain.Journal)(nil)
	if path := c.String("resume"); path != "" {
		if wholefile.Planted(path) {
			return planted("--resume", path)
		}
		of := strings.Join(append(c.StringSlice("tag"), c.String("shard")), " ")
		if journal, evaluated, err = tlschain.OpenJournal(path, &config, of, started); err != nil {
			return journalError(err)
		}
		defer journal.Close()
	}
	engine, err := p.newEngine(config, evaluated)
	if err != nil {
		return err
	}
	outlook, err := newOutlook(engine, c.String("until"), plan.format)
	if err != nil {
		return err
	}
	bar, err := p.newProgress(c.String("progress"), time.Now)
	if err != nil {
		return err
	}
	list := &tlschain.TargetList{Arguments: c.Args().Slice(), Files: c.StringSlice("f"), Stdin: p.stdin, Options: config.Targets()}
	if list.Tags, err = scanner.ParseTagFilter(c.StringSlice("tag")); err != nil {
		return usagef("--tag: %w", err)
	}
	done, err := p.prepare(c.Context, list, c.Bool("strict"))
	defer done()
	if err != nil {
		return err
	}
	chains, err := openChains(c.String("save"))
	if err != nil {
		return err
	}
	run := &scanRun{Selection: tlschain.Selection{List: list, Journal: journal, Shard: part}, chains: chains, progress: bar}
	report, err := p.beginReport(plan, engine.Header(tool(), started))
	if err != nil {
		return err
	}
	report.Only, report.Ahead = only, outlook
	if engine.IsOff(reports.InterceptionRule) {
		report.Tally.Ignore(reports.InterceptionRule)
	}
	report.WithoutPEM = c.String("include") == "" // what is there then is for --save and --until
	if bar.shown() && !list.ReadsStdin() {
		counted, stop := context.WithCancel(c.Context)
		defer stop()
		count := run.Selection // nobody waits for it: a list may be long
		go func() {
			if n, whole := count.Count(counted); whole {
				bar.total.Store(n)
			}
		}()
	}
	if err := run.collect(report, engine.Scan(c.Context, run.targets(c.Context, engine))); err != nil {
		return errors.Join(err, report.out.Discard())
	}
	interrupted := c.Context.Err() != nil
	for _, err := range run.skipped {
		tlschain.SkipTarget(&report.Tally, err)
	}
	if report.Judged+report.Unjudged+report.Left+run.Others == 0 && !interrupted {
		return report.unused(run.nothing())
	}
	if err := report.end(interrupted, ""); err != nil {
		return err
	}
	return report.err()
}

func journalError(err error) error {
	out := usagef("--resume: %w", err)
	var path *fs.PathError
	switch {
	case errors.As(err, &path):
		return usagef("--resume %s: %w", path.Path, path.Err).hintf("name a file in a folder that is there")
	case errors.Is(err, tlschain.ErrNoJournal):
		return out.hintf("name a file that does not exist yet, or the journal of the scan to go on with")
	case errors.Is(err, tlschain.ErrOtherScan):
		return out.hintf("repeat its flags, or begin another journal")
	case errors.Is(err, tlschain.ErrInUse):
		return out.hintf("wait until that scan has ended, or begin another journal")
	}
	return out
}

// collect writes what is finished already and what comes in to the report.
func (r *scanRun) collect(report *reporting, judged iter.Seq[[]reports.Endpoint]) error {
	defer r.progress.end()
	for batch, err := range r.Journal.Stored() {
		for _, e := range batch {
			r.progress.endpoint(e)
			err = errors.Join(err, report.Endpoint(e))
		}
		if err != nil {
			return err
		}
	}
	for batch := range judged {
		for i := range batch {
			r.progress.endpoint(&batch[i])
			if err := r.chains.save(&batch[i]); err != nil {
				return err
			}
		}
		if err := r.Journal.Add(batch); err != nil {
			return err
		}
		for i := range batch {
			if err := report.Endpoint(&batch[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// A scanRun tells of what is left out of the targets on their way to the scanner.
type scanRun struct {
	tlschain.Selection
	chains   *chainFolder // nil: none are kept
	progress *progress
	skipped  []error
	repeated int // targets that came before
}

// maxRepeated bounds how many repeated targets are named one by one.
const maxRepeated = 3

// maxComplaints bounds how many lines are complained about one by one: a list
// of the wrong kind has nothing else.
const maxComplaints = 50

func (r *scanRun) targets(ctx context.Context, engine *tlschain.Engine) iter.Seq[scanner.Target] {
	told := *r.List // its walk tells; that of Count does not
	told.Options.Note = func(text string) { r.progress.printf("note: %s", text) }
	told.Repeated = func(again scanner.Repeat) {
		if r.repeated++; r.repeated <= maxRepeated {
			r.progress.printf("note: %s: it is scanned once", again)
		}
	}
	r.List, r.Skip = &told, func(err error) {
		if r.skipped = append(r.skipped, err); len(r.skipped) <= maxComplaints {
			r.progress.printf("%v", err)
		}
	}
	return func(yield func(scanner.Target) bool) {
		engine.Targets(ctx, &r.Selection)(yield)
		if r.repeated > maxRepeated {
			r.progress.printf("note: and %d more that repeat one", r.repeated-maxRepeated)
		}
		if n := len(r.skipped); n > maxComplaints {
			r.progress.printf("and %d more lines that are no targets", n-maxComplaints)
		}
	}
}

// errNoTarget is the error after each target has been complained about.
var errNoTarget = usagef("no target could be used").hintf("targets are typed example.com, example.com:8443, www.example.com@192.0.2.7:443")

func (r *scanRun) nothing() error {
	if len(r.skipped) > 0 {
		return errNoTarget
	}
	if len(r.List.Tags) > 0 {
		return usagef("no target has these tags").hintf("they are those of the column tags of a CSV list, such as team=web, or of k8s://")
	}
	return usagef("there is no target in what was given").hintf("a list has a target a line; blank lines and # comments do not count")
}
