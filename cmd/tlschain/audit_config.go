package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/reports"
)

func (p *process) auditInitCommand() *cli.Command {
	return &cli.Command{
		Name: "init", Usage: "write an example of tlschain.yaml, every key explained", ArgsUsage: "[FILE]",
		Action: func(c *cli.Context) error {
			file := "tlschain.yaml"
			switch c.Args().Len() {
			case 0:
			case 1:
				file = c.Args().First()
			default:
				return usagef("audit init writes one file")
			}
			if file == "-" {
				_, err := p.stdout.Write(audit.Example)
				return err
			}
			f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if errors.Is(err, fs.ErrExist) {
				return usagef("%s is there already", file).hintf("name another file, or - for standard output")
			}
			if err != nil {
				return err
			}
			_, err = f.Write(audit.Example)
			if err := errors.Join(err, f.Close()); err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "wrote %s; next: edit it, then %s\n", file, reports.Command("audit check-config --config", file))
			return err
		},
	}
}

func (p *process) auditCheckCommand() *cli.Command {
	return &cli.Command{
		Name:  "check-config",
		Usage: "find the mistakes in tlschain.yaml and in lists of targets, each with its line, without any connection to a target",
		Flags: auditFlags(&cli.BoolFlag{Name: "targets", Category: "Configuration",
			Usage: "also read the lists that programs and servers give, and count"}),
		Action: func(c *cli.Context) error {
			config, err := p.auditConfig(c)
			if err != nil {
				return err
			}
			var wrong []error
			if len(config.Zones()) > 0 {
				n, err := p.readAudit(c)
				if err == nil {
					err = n.config.CheckDatabase(n.where)
				}
				if err != nil {
					wrong = append(wrong, err)
				}
			}
			now := time.Now()
			for _, g := range groupsIn(config) {
				_, err := audit.NewEngine(p.env, nil, nil)(g, now)
				targets := g.List(c.Context, p.getenv, c.Bool("targets"))
				if err := errors.Join(err, targets.Err); err != nil {
					wrong = append(wrong, fmt.Errorf("group %s: %w", g.Name, err))
				}
				for _, note := range targets.Notes {
					p.report(errors.New("note: " + note))
				}
				line := g.Name + ": "
				if c.Bool("targets") {
					line += fmt.Sprintf("%s, %d lines that are none, ", reports.Plural(targets.Targets, "target"), targets.Skipped)
				}
				if g.Schedule == nil {
					line += "no schedule, so only audit run audits it"
				} else {
					line += "next at " + g.Schedule.Next(g.Name, now).Format(time.RFC3339)
				}
				if g.Zone != "" {
					line += ", by the workers of zone " + g.Zone
				}
				fmt.Fprintln(p.stdout, line)
			}
			for _, name := range slices.Sorted(maps.Keys(config.Receivers)) {
				if _, err := config.Receivers[name].URL.Read(config.Dir, p.getenv); err != nil {
					wrong = append(wrong, fmt.Errorf("receiver %s: %w", name, err))
				}
			}
			if len(wrong) > 0 {
				return usagef("%w", errors.Join(wrong...))
			}
			return nil
		},
	}
}

func groupsIn(config *audit.Config) []*audit.Group {
	var all []*audit.Group
	for _, name := range config.GroupNames() {
		all = append(all, config.Groups[name])
	}
	return all
}

func (p *process) auditNotifyTestCommand() *cli.Command {
	return &cli.Command{
		Name: "notify-test", Usage: "send a test message to receivers, all of them or those named", ArgsUsage: "[RECEIVER...]",
		Flags: auditFlags(),
		Action: func(c *cli.Context) error {
			config, err := p.auditConfig(c)
			if err != nil {
				return err
			}
			n := &audit.Notifier{Config: config, Getenv: p.getenv, Report: p.report}
			receivers := c.Args().Slice()
			if len(receivers) == 0 {
				receivers = slices.Sorted(maps.Keys(config.Receivers))
			}
			if len(receivers) == 0 {
				return usagef("there is no receiver in %s", c.String("config")).
					hintf("write receivers: {ops: {url: {env: OPS_URL}}}; %s audit init - shows every key", name)
			}
			var failed []error
			for _, receiver := range receivers {
				if err := n.Test(c.Context, receiver); err != nil {
					failed = append(failed, err)
					continue
				}
				fmt.Fprintf(p.stdout, "notified %s\n", receiver)
			}
			return errors.Join(failed...)
		},
	}
}
