package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

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
			for g := range config.CheckGroups(c.Context, p.env, c.Bool("targets")) {
				if g.Err != nil {
					wrong = append(wrong, fmt.Errorf("group %s: %w", g.Group, g.Err))
				}
				for _, note := range g.Notes {
					p.report(errors.New("note: " + note))
				}
				fmt.Fprintf(p.stdout, "%s: %s\n", g.Group, g.Text)
			}
			wrong = append(wrong, config.CheckReceivers(p.getenv)...)
			if len(wrong) > 0 {
				return usagef("%w", errors.Join(wrong...))
			}
			return nil
		},
	}
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
