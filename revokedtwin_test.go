package tlschain

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/catalog/build"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// Two generations as Let's Encrypt's Gen Y was in 2026, on a real server: an
// intermediate under a new root, and that root certified twice by an old one,
// the first time by a certificate that OneCRL has since. A leaf under the real
// YR1 and YE1 cannot be made without their keys, so that the keys are ours here
// and the structure is theirs; the judge over the real certificates is tested in
// package rules, with a leaf that is asserted.
func TestRevokedTwinOnAServer(t *testing.T) {
	for name, keyType := range map[string]string{"YR": "rsa2048", "YE": "p384"} {
		t.Run(name, func(t *testing.T) { revokedTwin(t, name, keyType) })
	}
}

func revokedTwin(t *testing.T, name, keyType string) {
	ca := tlstest.For(t)
	key := func(label string) func(*tlstest.Template) {
		k, err := tlstest.NewKey(label, keyType)
		if err != nil {
			t.Fatal(err)
		}
		return func(c *tlstest.Template) { c.Key = k }
	}
	old := ca.Root("Old X1", key("old"))
	young := ca.Root("Root "+name, key("young"))
	dead := ca.Cross("first of Root "+name, young, old, func(c *tlstest.Template) { c.NotBefore = c.NotBefore.AddDate(0, 0, 1) })
	live := ca.Cross("second of Root "+name, young, old)
	middle := ca.Intermediate(name+"1", young, key("middle"))
	leaf := ca.Leaf("leaf", middle)

	gone := parse(t, dead)
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	update, err := build.Renew(catalog.Embedded(), fstest.MapFS{
		"cas.pem":                {Data: bytes.Join([][]byte{old.PEM(), young.PEM(), dead.PEM(), live.PEM(), middle.PEM()}, nil)},
		"mozilla-root-store.tsv": {Data: []byte("sha256\tserver_distrust_after\n" + parse(t, old).SHA256.String() + "\t\n")},
		"mozilla-onecrl.tsv": {Data: []byte("kind\tname_der_hex\tserial_or_spki_sha256_hex\tlast_modified\tbug\n" +
			fmt.Sprintf("issuer-serial\t%x\t%x\t2026-06-11\t1\n", gone.Issuer.DER, gone.Serial))},
	}, now)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := New(Config{Clients: []string{"firefox", "nss-3.87"}, At: now}, Env{Facts: update.Facts})
	if err != nil {
		t.Fatal(err)
	}
	alive := parse(t, live).SHA256
	scan := func(chain ...*tlstest.Cert) reports.Endpoint {
		t.Helper()
		targets, err := scanner.ParseTarget(tlstest.ServerName+"@"+ca.Serve(tlstest.Behaviour{Default: tlstest.Present(chain...)}).Addr().String(),
			scanner.TargetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for endpoints := range engine.Scan(t.Context(), targets) {
			return endpoints[0]
		}
		t.Fatal("nothing was scanned")
		panic("")
	}
	found := func(e reports.Endpoint, rule string) *reports.Finding {
		if i := slices.IndexFunc(e.Findings, func(f reports.Finding) bool { return f.Rule == rule }); i >= 0 {
			return &e.Findings[i]
		}
		return nil
	}
	e := scan(leaf, middle)
	if found(e, "missing-intermediate") == nil || len(e.Missing) != 1 || hex.EncodeToString(e.Missing[0].SHA256[:]) != alive.String() {
		t.Errorf("%s1 alone: missing is %+v, want the live %s\n%+v", name, e.Missing, alive, e.Findings)
	}
	e = scan(leaf, middle, dead)
	f := found(e, "revoked-certificate")
	if f == nil || !slices.Equal(f.Positions, []int{2}) || !strings.Contains(f.Fix, alive.String()) || strings.Contains(f.Fix, gone.SHA256.String()) {
		t.Errorf("%s1 with the dead one: %+v\n%+v", name, f, e.Findings)
	}
	if e = scan(leaf, middle, live); len(e.Findings) > 0 && e.Worst() > 1 || found(e, "revoked-certificate") != nil {
		t.Errorf("%s1 with the live one: %+v", name, e.Findings)
	}
}
