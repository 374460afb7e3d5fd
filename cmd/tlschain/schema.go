package main

import (
	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/reports"
)

func (p *process) schemaCommand() *cli.Command {
	return &cli.Command{
		Name:  "schema",
		Usage: "print the JSON schema of --format json",
		Description: `The schema has a sentence for each field. A line of ndjson is one of its
endpoints.

Example:
  tlschain schema > tlschain.schema.json`,
		Action: func(*cli.Context) error {
			_, err := p.stdout.Write(reports.Schema())
			return err
		},
	}
}
