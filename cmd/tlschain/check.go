package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner/kubernetes"
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
file must belong to the leaf, as one given by --key. Of a folder, the files are
read whose names are those of certificate files, through links too, with the keys
that lie beside them. Kubernetes Secrets, and lists of them, are read as YAML or
JSON, and so is Traefik's acme.json.

Examples:
  tlschain check fullchain.pem
  tlschain check --key privkey.pem fullchain.pem
  tlschain check --server-name shop.example.com --fail-on warning site.pfx
  tlschain check --at 2027-06-01 fullchain.pem
  tlschain check /etc/letsencrypt
  nginx -T 2>/dev/null | tlschain check --nginx -
  tlschain check --apache /etc/apache2 --postfix /etc/postfix
  tlschain check --live --nginx /etc/nginx
  kubectl get secret -A -o json | tlschain check -
  tlschain check k8s://production
  tlschain check --until 2030 --clients all fullchain.pem
  tlschain check --as-client --client-ca-of api.example.com client.pem

Exit code: 2 usage, or a file that holds no leaf, 1 a finding at or above
--fail-on, 3 a file could not be read while others could, 0 all is well.`,
		Flags: slices.Concat(
			[]cli.Flag{
				&cli.StringFlag{Name: "until", Category: "Files", Usage: "also say when each client that accepts the file will first refuse it, up to `TIME`"},
				&cli.StringFlag{Name: "server-name", Category: "Files", Usage: "`NAME` to check the leaf against (default: the leaf's first)"},
				&cli.StringFlag{Name: "key", Category: "Files", Usage: "the server's private key `FILE` (PKCS #1, PKCS #8 or EC): it must belong to the leaf"},
				&cli.StringFlag{Name: "password-file", Category: "Files", Usage: "`FILE` whose first line opens PKCS #12 and JKS files"},
				&cli.StringFlag{Name: "password", Category: "Files", Usage: "`PASSWORD` of the same; other users of the machine can read it: TLSCHAIN_PASSWORD in the environment or --password-file are safer"},
				&cli.BoolFlag{Name: "as-client", Category: "Client certificates", Usage: "the files are of clients: judge what servers that " +
					"ask for a certificate make of them; --clients chooses among nginx, apache, haproxy, go-server and java-server"},
				&cli.StringFlag{Name: "client-ca", Category: "Client certificates", Usage: "with --as-client, the CA certificates in `FILE` are those " +
					"that the server trusts and names: ssl_client_certificate of nginx, say"},
				&cli.StringFlag{Name: "client-ca-of", Category: "Client certificates", Usage: "with --as-client, ask the server `TARGET` which CAs it names"},
				&cli.StringFlag{Name: "proxy", Category: "Fetching issuers", Usage: "with --aia or --revocation, fetch through the http or https proxy at `URL`"},
				revocationFlag(),
			},
			serverFlags(),
			judgingFlags(),
			reportFlags(),
			[]cli.Flag{includeFlag()},
		),
		Action: p.check,
	}
}

func (p *process) check(c *cli.Context) error {
	started := time.Now()
	if c.NArg() == 0 && !namesServer(c) {
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
	servers := config.Clients
	if c.Bool("as-client") {
		config.Clients = nil
	} else if c.String("client-ca")+c.String("client-ca-of") != "" {
		return usagef("--client-ca and --client-ca-of are about certificates of clients").hintf("add --as-client")
	}
	if err := asksServers(c, &config); err != nil {
		return err
	}
	engine, err := p.newEngine(config, started)
	if err != nil {
		return err
	}
	header, check := engine.Header(tool(), started), engine.Check
	if c.Bool("as-client") {
		asClient, err := p.asClient(c, engine, servers)
		if err != nil {
			return err
		}
		header.Clients, check = asClient.Servers(), asClient.Check
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
	report, err := p.beginReport(plan, header)
	if err != nil {
		return err
	}
	run := &checkRun{process: p, ctx: c.Context, engine: engine, check: check, report: report, forecast: forecast, live: c.Bool("live")}
	if err := run.servers(c, file); err != nil {
		return errors.Join(err, report.out.Discard())
	}
	for _, file.Name = range c.Args().Slice() {
		if c.Context.Err() != nil {
			break
		}
		if err := run.argument(file); err != nil {
			return errors.Join(err, report.out.Discard())
		}
	}
	interrupted := c.Context.Err() != nil
	if report.Judged == 0 && !interrupted {
		return report.unused(exitCode(exitUsage)) // said above
	}
	if err := report.end(interrupted, forecast.text); err != nil {
		return err
	}
	if run.misused {
		return exitCode(exitUsage)
	}
	return report.err()
}

// A checkRun judges what the arguments of check name.
type checkRun struct {
	*process
	ctx        context.Context
	engine     *tlschain.Engine
	check      func(context.Context, tlschain.Presented) reports.Endpoint
	report     *reporting
	forecast   *forecast
	complaints int
	live       bool // servers are asked what they present
	misused    bool // a file was given that holds no server's certificate
}

func (r *checkRun) argument(file tlschain.File) error {
	if strings.HasPrefix(file.Name, kubernetes.Scheme) {
		return r.cluster(file)
	}
	if info, err := os.Stat(file.Name); err == nil && info.IsDir() {
		return r.folder(file)
	}
	presented, err := r.engine.Read(file)
	if err != nil {
		r.skip(file.Name, err)
		r.misused = r.misused || errors.Is(err, certfile.ErrNoLeaf) || errors.Is(err, certfile.ErrNoKey)
	}
	return r.judge(presented)
}

// folder judges the files of a folder, and says what was found in it.
func (r *checkRun) folder(file tlschain.File) error {
	var count tlschain.FolderCount
	if err := r.all(r.engine.ReadFolder(r.ctx, file, &count)); err != nil {
		return err
	}
	if count.Chains+count.Failed == 0 {
		r.skip(file.Name, fmt.Errorf("no file in this folder has a server's certificate, of %d", count.Files))
		return nil
	}
	fmt.Fprintf(r.stderr, "%s: note: %s: %v\n", name, file.Name, count)
	return nil
}

// cluster judges the TLS Secrets of a cluster.
func (r *checkRun) cluster(file tlschain.File) error {
	cluster, err := r.openCluster(file.Name)
	if err != nil {
		return err
	}
	var failed error
	if err := r.all(r.engine.ReadCluster(r.ctx, cluster, file, &failed)); err != nil {
		return err
	}
	if failed != nil {
		return usagef("%s: %w", file.Name, failed)
	}
	return nil
}

// all judges what is found in one place.
func (r *checkRun) all(found iter.Seq[tlschain.Found]) error {
	for f := range found {
		if f.Err != nil {
			r.skip(f.File, f.Err)
		}
		if err := r.judge(f.Chain); err != nil {
			return err
		}
	}
	return nil
}

func (r *checkRun) skip(file string, err error) {
	r.report.Tally.SkipLine(file, 0, err.Error())
	switch r.complaints++; {
	case r.complaints <= maxComplaints:
		r.complain(fileError(file, err))
	case r.complaints == maxComplaints+1:
		fmt.Fprintf(r.stderr, "%s: and more; the report has them\n", name)
	}
}

func (r *checkRun) judge(presented []tlschain.Presented) error {
	for _, chain := range presented {
		e := r.check(r.ctx, chain)
		if err := r.report.Endpoint(&e); err != nil {
			return err
		}
		if err := r.forecast.add(chain); err != nil {
			return err
		}
	}
	return nil
}

// asClient makes ready to judge files of clients.
func (p *process) asClient(c *cli.Context, engine *tlschain.Engine, servers []string) (*tlschain.ClientCheck, error) {
	if c.String("until") != "" {
		return nil, usagef("--until is about clients, and --as-client judges by servers")
	}
	of := tlschain.ServerInfo{Servers: servers, ClientCA: c.String("client-ca"), Server: c.String("client-ca-of")}
	check, err := engine.AsClient(c.Context, of)
	if err != nil {
		return nil, usagef("--as-client: %w", err).
			hintf("--client-ca takes a file of CA certificates, --client-ca-of a server such as api.example.com")
	}
	return check, nil
}
