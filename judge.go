package tlschain

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/rules/yamlfile"
)

// judgeAt makes the judge as of a moment, with the trust stores of that moment.
func (e *Engine) judgeAt(at time.Time) (*rules.Judge, error) {
	criteria := rules.Criteria{At: at}
	pool, err := e.pool()
	if err != nil {
		return nil, err
	}
	criteria.Known = []rules.Source{{Name: "pool", Set: pool}, {Name: "catalog", Set: e.facts.CAs()}}
	criteria.Revoked = e.facts.Revocations()
	if criteria.Profiles, criteria.Named, err = e.profiles(at); err != nil {
		return nil, err
	}
	if e.distrust != nil {
		criteria.Revoked = append(slices.Clip(criteria.Revoked), e.distrust)
		criteria.Profiles = client.Distrusting(criteria.Profiles, e.distrust)
	}
	if criteria.Products, err = e.products(); err != nil {
		return nil, err
	}
	return rules.NewJudge(criteria, new(chain.Verifier)), nil
}

// products is the catalogue, with the user's own line.
func (e *Engine) products() (*catalog.Products, error) {
	products, file := catalog.EmbeddedProducts(), e.config.Catalog
	if file == "" {
		return products, nil
	}
	const hint = "{Catalog} takes YAML such as line: OUR CA, with cas: and products:, as docs/fix.md shows"
	data, err := e.env.ReadFile(file)
	if err != nil {
		return nil, fieldf("Catalog", "{Catalog} %s: %w", file, err).hintf(hint)
	}
	products, err = products.With(data)
	var wrong yamlfile.Errors
	if errors.As(err, &wrong) {
		return nil, fieldf("Catalog", "{Catalog}: %w", wrong.In(file)).hintf(hint)
	}
	return products, err
}

const poolHint = "{Pool} takes a file or a folder of CA certificates"

// pool reads further CA certificates: files, and all files of folders that hold
// certificates.
func (e *Engine) pool() (*chain.Set, error) {
	var certs []*cert.Certificate
	for _, path := range e.config.Pool {
		found := 0
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			if err != nil && file == path {
				return withoutPath(err)
			}
			if err != nil || entry.IsDir() {
				return err
			}
			list, err := e.env.certificates(file)
			if err != nil && file == path {
				return err // in a folder there may be other files too
			}
			found += len(list)
			certs = append(certs, list...)
			return nil
		})
		if err != nil {
			return nil, fieldf("Pool", "{Pool} %s: %w", path, err).hintf(poolHint)
		}
		if found == 0 {
			return nil, fieldf("Pool", "{Pool} %s: there is no certificate in it", path).hintf(poolHint)
		}
	}
	return chain.NewSet(certs), nil
}

// roots reads a trust store, in the order of the file: the order matters to
// some clients, and so do duplicates.
func (e *Engine) roots(field, file string) (*chain.Set, error) {
	if file == "" {
		return nil, nil
	}
	certs, err := e.env.certificates(file)
	if err != nil {
		return nil, fieldf(field, "{%s} %s: %w", field, file, err).hintf("{%s} takes a file of CA certificates", field)
	}
	return chain.NewSet(certs), nil
}

func (v *Env) certificates(file string) ([]*cert.Certificate, error) {
	data, err := v.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var passwords []string // of a key store, beside those that most have
	if word := v.getenv("TLSCHAIN_PASSWORD"); word != "" {
		passwords = []string{"", "changeit", word}
	}
	list, err := certfile.Certificates(data, passwords...)
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
