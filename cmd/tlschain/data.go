package main

import (
	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/catalog"
)

func (p *process) dataCommand() *cli.Command {
	return &cli.Command{
		Name:  "data",
		Usage: "show and update the facts about CAs and trust stores",
		Subcommands: []*cli.Command{
			{
				Name:   "info",
				Usage:  "show which facts are in use, where they are from, and their terms",
				Action: func(*cli.Context) error { return p.dataInfo() },
			},
			p.dataUpdateCommand(), p.dataCheckCommand(), p.dataExportCommand(),
		},
	}
}

func (p *process) dataInfo() error {
	facts, where := p.facts(), "the program itself"
	if facts != catalog.Embedded() {
		where = p.keptFacts().File
	}
	return reports.DescribeFacts(p.stdout, facts, where)
}
