package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/queue"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/nearest"
)

func (p *process) auditCommand() *cli.Command {
	return &cli.Command{
		Name:  "audit",
		Usage: "scan groups of endpoints every night, and report what changed",
		Description: `  tlschain audit init                  write an example of tlschain.yaml
  tlschain audit check-config          find its mistakes
  tlschain audit run websites          audit a group now
  tlschain audit serve                 keep the schedule; pages and metrics
  tlschain audit work --zone dmz       audit what only this machine can reach
  tlschain audit status                what runs and waits, by zone
  tlschain audit diff websites         what changed since the audit before
  tlschain audit affected NAME|FILE    who had a certificate, and who still has
  tlschain audit outlook               what changes on which day, and for whom`,
		Subcommands: []*cli.Command{
			p.auditInitCommand(), p.auditCheckCommand(), p.auditRunCommand(), p.auditServeCommand(), p.auditWorkCommand(),
			p.auditListCommand(), p.auditShowCommand(), p.auditDiffCommand(), p.auditAffectedCommand(), p.auditOutlookCommand(),
			p.auditExportCommand(), p.auditStatusCommand(), p.auditCancelCommand(), p.auditNotifyTestCommand(),
		},
	}
}

func auditFlags(more ...cli.Flag) []cli.Flag {
	const group = "Configuration"
	return append([]cli.Flag{
		&cli.StringFlag{Name: "config", Category: group, Value: "tlschain.yaml", Usage: "configuration `FILE` (default tlschain.yaml)"},
		&cli.StringFlag{Name: "db", Category: group, Usage: "history: `FILE` of SQLite or postgres:// URL (default: " +
			"what the configuration says, else history.db beside it)"},
	}, more...)
}

// An auditEnv is what the audit commands work with.
type auditEnv struct {
	*process
	config *audit.Config
	where  string // the history is
	db     *history.DB
	queue  *queue.Queue // nil: no group is in a zone, or nobody asks
}

// openAudit reads the configuration and opens the history to be read; close ends
// it. A history that is not there is made by those who write it, see openZones.
func (p *process) openAudit(c *cli.Context) (n *auditEnv, close func(), err error) {
	n, err = p.readAudit(c)
	if err != nil {
		return nil, nil, err
	}
	if n.db, err = history.OpenReading(c.Context, n.where); err != nil {
		return n, nil, usagef("%w", err)
	}
	return n, func() { n.db.Close() }, nil
}

// openZones is openAudit, with the queue where groups are in zones.
func (p *process) openZones(c *cli.Context) (n *auditEnv, close func(), err error) {
	n, err = p.readAudit(c)
	if err != nil {
		return nil, nil, err
	}
	if err := n.config.CheckDatabase(n.where); err != nil {
		return nil, nil, usagef("%w", err)
	}
	end, err := n.open(c.Context)
	if errors.Is(err, history.ErrUnwritable) {
		return nil, nil, usagef("%w", err).hintf("run this as the account that ls -l shows for it, or name another history: --db FILE")
	}
	if err != nil || len(n.config.Zones()) == 0 {
		return n, end, err
	}
	if n.queue, err = queue.Open(c.Context, n.where, n.db, n.report); err != nil {
		end()
		return nil, nil, err
	}
	return n, func() { n.queue.Close(); end() }, nil
}

// readAudit reads the configuration, and where the history is.
func (p *process) readAudit(c *cli.Context) (*auditEnv, error) {
	config, err := p.auditConfig(c)
	if err != nil {
		return nil, err
	}
	where := c.String("db")
	if where != "" {
		config.KeepIn(where)
	} else if where, err = config.Database.Read(config.Dir, p.getenv); err != nil {
		return nil, usagef("database: %w", err)
	}
	if where == "" {
		where = filepath.Join(config.Dir, "history.db")
	}
	return &auditEnv{process: p, config: config, where: where}, nil
}

func (n *auditEnv) open(ctx context.Context) (close func(), err error) {
	n.db, err = history.Open(ctx, n.where)
	return func() { n.db.Close() }, err
}

func (p *process) auditConfig(c *cli.Context) (*audit.Config, error) {
	config, err := audit.Load(c.String("config"))
	if err != nil {
		return nil, usagef("%w", err).hintf("%s audit init writes an example; --config names another file", name)
	}
	return config, nil
}

func (n *auditEnv) runner() *queue.Runner {
	return &queue.Runner{Queue: n.queue, Auditor: &audit.Auditor{
		Config: n.config, DB: n.db, Engine: audit.NewEngine(n.env, n.db, n.report), Getenv: n.getenv, Report: n.report,
	}}
}

func (n *auditEnv) notifier() *audit.Notifier {
	return &audit.Notifier{Config: n.config, DB: n.db, Getenv: n.getenv, Report: n.report}
}

// report writes a trouble that ends nothing to stderr, where systemd and cron
// look for it.
func (p *process) report(err error) {
	fmt.Fprintf(p.stderr, "%s: %s\n", name, reports.Clean(err.Error()))
}

// reads is an action on the history that is there.
func (p *process) reads(do func(*cli.Context, *auditEnv) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		n, end, err := p.openAudit(c)
		if err != nil {
			return err
		}
		defer end()
		return do(c, n)
	}
}

// tell writes a line about an audit that has ended.
func (n *auditEnv) tell(a history.Audit) {
	fmt.Fprintf(n.stderr, "audit %d of %s: %s, %d endpoints, took %v\n", a.ID, a.Group, a.State, a.Endpoints, audit.Took(a))
}

// find gives the audit that an argument means: an id, or a group's newest that
// has ended.
func (n *auditEnv) find(ctx context.Context, text string) (history.Audit, error) {
	if id, err := strconv.ParseInt(text, 10, 64); err == nil {
		a, err := n.db.Audit(ctx, id)
		if errors.Is(err, history.ErrNotFound) {
			return a, usagef("there is no audit %d", id).hintf("%s audit list shows them", name)
		}
		return a, err
	}
	a, err := n.db.LastComplete(ctx, text, 0)
	if errors.Is(err, history.ErrNotFound) {
		return a, usagef("there is no complete audit of a group %q",
			reports.Clean(text)).hintf("%s audit list shows the audits, %s audit run makes one", name, name)
	}
	return a, err
}

// checkGroups reports the first of some groups that the configuration does not have.
func checkGroups(config *audit.Config, groups ...string) error {
	for _, group := range groups {
		if config.Groups[group] != nil {
			continue
		}
		wrong := usagef("there is no group %q; there is %s", reports.Clean(group), strings.Join(config.GroupNames(), ", "))
		if near := nearest.Word(group, config.GroupNames()); near != "" {
			return wrong.hintf("did you mean %s?", near)
		}
		return wrong.hintf("type one of the groups that are there")
	}
	return nil
}
