package main

import (
	"errors"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/rules/certfile"
)

func (p *process) checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "judge certificate files before they are deployed",
		ArgsUsage: "FILE...",
		Description: `A file is PEM, DER, PKCS #7 (.p7b), PKCS #12 (.pfx, .p12) or JKS, told apart by
its content; - is standard input. It is judged as if a server presented it. The
order of PKCS #7 and PKCS #12 is not judged, since they are sets. A file with an
RSA and an ECDSA leaf is two endpoints, FILE#1 and FILE#2. A private key in the
file must belong to the leaf, as one given by --key.

Examples:
  tlschain check fullchain.pem
  tlschain check --key privkey.pem fullchain.pem
  tlschain check --server-name shop.example.com --fail-on warning site.pfx
  tlschain check --at 2027-06-01 fullchain.pem
  tlschain check --until 2030 --clients all fullchain.pem

Exit code: 2 usage, or a file that holds no leaf, 1 a finding at or above
--fail-on, 3 a file could not be read while others could, 0 all is well.`,
		Flags: joinFlags(
			[]cli.Flag{
				&cli.StringFlag{Name: "until", Category: "Files", Usage: "also tell when each client that accepts the file will first refuse it, up to `TIME`"},
				&cli.StringFlag{Name: "server-name", Category: "Files", Usage: "`NAME` to check the leaf against (default: the leaf's first)"},
				&cli.StringFlag{Name: "key", Category: "Files", Usage: "the server's private key `FILE` (PKCS #1, PKCS #8 or EC): it must belong to the leaf"},
				&cli.StringFlag{Name: "password-file", Category: "Files", Usage: "`FILE` whose first line opens PKCS #12 and JKS files"},
				&cli.StringFlag{Name: "password", Category: "Files", Usage: "`PASSWORD` of the same; other users of the machine can read it: TLSCHAIN_PASSWORD in the environment or --password-file are safer"},
				&cli.StringFlag{Name: "proxy", Category: "Fetching issuers", Usage: "with --aia, fetch through the http or https proxy at `URL`"},
			},
			judgingFlags(),
			reportFlags(),
			[]cli.Flag{includeFlag()},
		),
		Action: p.check,
	}
}

func (p *process) check(c *cli.Context) error {
	started := time.Now()
	if c.NArg() == 0 {
		return usagef("no file").hintf("%s check fullchain.pem", name)
	}
	plan, err := p.planReport(c)
	if err != nil {
		return err
	}
	config, err := p.configOf(c)
	if err != nil {
		return err
	}
	engine, err := p.newEngine(config, started)
	if err != nil {
		return err
	}
	forecast, err := newForecast(engine, c.String("until"), plan.format)
	if err != nil {
		return err
	}
	file := tlschain.File{ServerName: config.ServerName}
	if file.Passwords, err = p.passwords(c); err != nil {
		return err
	}
	key, err := p.privateKey(c.String("key"))
	if err != nil {
		return err
	}
	file.Key = key.SPKI
	report, err := p.beginReport(plan, engine.Header(tool(), started))
	if err != nil {
		return err
	}
	misused := false
	for _, file.Name = range c.Args().Slice() {
		if c.Context.Err() != nil {
			break
		}
		presented, err := engine.Read(file)
		if err != nil {
			p.complain(fileError(file.Name, err))
			report.tally.Skip(file.Name, err.Error())
			misused = misused || errors.Is(err, certfile.ErrNoLeaf) || errors.Is(err, certfile.ErrNoKey)
			continue
		}
		for _, chain := range presented {
			e := engine.Check(c.Context, chain)
			err := report.Endpoint(&e)
			if err == nil {
				err = forecast.add(chain)
			}
			if err != nil {
				return errors.Join(err, report.out.discard())
			}
		}
	}
	interrupted := c.Context.Err() != nil
	if report.judged == 0 && !interrupted {
		return errors.Join(exitCode(exitUsage), report.out.discard()) // said above
	}
	if err := report.end(interrupted, forecast.text); err != nil {
		return err
	}
	if misused {
		return exitCode(exitUsage)
	}
	return report.err()
}
