package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/chain"
)

func judgingFlags() []cli.Flag {
	const group = "Judgement"
	return joinFlags([]cli.Flag{
		&cli.StringFlag{Name: "clients", Category: group, Value: "broad", Usage: "judge by these clients and groups, as `NAME,...`; groups are modern, broad (default), legacy and all; tlschain clients lists them"},
		&cli.StringFlag{Name: "client-file", Category: group, Usage: "`FILE` (YAML) that describes more clients; they are chosen by --clients like the others, and all of them without it"},
		&cli.StringFlag{Name: "at", Category: group, Usage: "judge as of `TIME`: a date or RFC 3339 (default: now)"},
		&cli.StringFlag{Name: "roots", Category: group, Usage: "replace every client's trust store by the certificates in `FILE`"},
		&cli.StringFlag{Name: "add-roots", Category: group, Usage: "add the certificates in `FILE` to every client's trust store: an internal CA"},
		&cli.StringSliceFlag{Name: "pool", Category: group, Usage: "`FILE` or folder of further CA certificates to complete chains with; may be given several times"},
		&cli.StringFlag{Name: "policy", Category: group, Usage: "`FILE` (YAML) that sets severities by rule and endpoint"},
		&cli.StringFlag{Name: "waivers", Category: group, Usage: "`FILE` (YAML) of findings that are accepted, each with a reason and an end"},
		&cli.StringFlag{Name: "catalog", Category: group, Usage: "`FILE` that describes one more CA's products"},
		&cli.StringFlag{Name: "expect", Category: group, Usage: "the certificate that should be served is the first in `FILE`"},
	}, aiaFlags())
}

// newJudge makes the judge that the flags of judgingFlags ask for. Without --at
// it judges as of now.
func (p *process) newJudge(c *cli.Context, now time.Time) (*rules.Judge, error) {
	at, err := parseTime(c.String("at"), now)
	if err != nil {
		return nil, err
	}
	return p.judgeAt(c, at)
}

// judgeAt is newJudge as of a moment, with the trust stores of that moment.
func (p *process) judgeAt(c *cli.Context, at time.Time) (*rules.Judge, error) {
	criteria := rules.Criteria{At: at}
	pool, err := p.pool(c.StringSlice("pool"))
	if err != nil {
		return nil, err
	}
	facts := p.facts()
	criteria.Known = []rules.Source{{Name: "pool", Set: pool}, {Name: "catalog", Set: facts.CAs()}}
	if criteria.Profiles, criteria.Named, err = p.profiles(c, facts, criteria.At); err != nil {
		return nil, err
	}
	if criteria.Products, err = p.products(c.String("catalog")); err != nil {
		return nil, err
	}
	return rules.NewJudge(criteria, new(chain.Verifier)), nil
}

// products is the catalogue, with the user's own line of --catalog.
func (p *process) products(file string) (*catalog.Products, error) {
	products := catalog.EmbeddedProducts()
	if file == "" {
		return products, nil
	}
	data, err := p.readFile(file)
	if err == nil {
		products, err = products.With(data)
	}
	if err != nil {
		return nil, usagef("--catalog %s: %w", file, err)
	}
	return products, nil
}

// parseTime reads --at. A date is its first moment in UTC.
func parseTime(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return now, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return now, usagef("%q is no time", text).hintf("type 2027-01-31 or 2027-01-31T12:00:00Z")
}

// pool reads the CA certificates of --pool: files, and all files of folders
// that hold certificates.
func (p *process) pool(paths []string) (*chain.Set, error) {
	var certs []*cert.Certificate
	for _, path := range paths {
		found := 0
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			list, err := p.certificates(file)
			if err != nil && file == path {
				return err // in a folder there may be other files too
			}
			found += len(list)
			certs = append(certs, list...)
			return nil
		})
		if err != nil {
			return nil, usagef("--pool %s: %w", path, err)
		}
		if found == 0 {
			return nil, usagef("--pool %s: there is no certificate in it", path)
		}
	}
	return chain.NewSet(certs), nil
}

// roots reads a trust store, in the order of the file: the order matters to
// some clients, and so do duplicates.
func (p *process) roots(flag, file string) (*chain.Set, error) {
	if file == "" {
		return nil, nil
	}
	certs, err := p.certificates(file)
	if err != nil {
		return nil, usagef("--%s %s: %w", flag, file, err).hintf("--%s takes a file of CA certificates", flag)
	}
	return chain.NewSet(certs), nil
}

func (p *process) certificates(file string) ([]*cert.Certificate, error) {
	data, err := p.readFile(file)
	if err != nil {
		return nil, err
	}
	list, err := certfile.Certificates(data)
	if err != nil {
		return nil, err
	}
	certs := make([]*cert.Certificate, len(list))
	for i, der := range list {
		if certs[i], err = cert.Parse(der); err != nil {
			return nil, fmt.Errorf("certificate %d: %w", i+1, err)
		}
	}
	return certs, nil
}
