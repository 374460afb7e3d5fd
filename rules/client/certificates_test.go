package client

import (
	"cmp"
	"crypto/tls"
	"encoding/csv"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/chain"
)

// certificateDir holds what real clients made of chains in which one
// certificate is unusual.
var certificateDir = filepath.Join(truthDir, "certificates")

// certificateAt is a day inside the month in which these clients ran.
var certificateAt = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// certificateClients are those of the tables that truthClients has not or had
// in another release.
var certificateClients = map[string]string{
	"node24-openssl3.5.9": "node-24", "openssl3.0-s_client": "openssl-3.0",
	"go1.21": "go-1.21", "go1.23": "go-1.23",
}

// certificateFloors are the least shares of verdicts that must be right, in
// parts of 10,000, by table. They go up only.
var certificateFloors = map[string]int{"verdicts.csv": 9996, "verdicts-more-clients.csv": 9977}

// A certificateRow is one verdict of one client.
type certificateRow struct {
	scenario, file, host, client, layer, message string
	tls                                          uint16
	accepted                                     bool
}

func readTable(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the tables of measured verdicts are not beside the repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func readCertificateRows(t *testing.T, name string) (rows []certificateRow) {
	versions := map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}
	for _, r := range readTable(t, filepath.Join(certificateDir, name)) {
		rows = append(rows, certificateRow{
			scenario: r[0], file: r[4], host: r[5], tls: versions[r[6]], client: r[7],
			accepted: r[9] == "accept", message: r[10], layer: r[11],
		})
	}
	return rows
}

// TestCertificates predicts what each real client made of certificates that are
// unusual in one way, and counts misses by client and by family.
func TestCertificates(t *testing.T) {
	for file, floor := range certificateFloors {
		t.Run(file, func(t *testing.T) { predictCertificates(t, file, floor) })
	}
}

func predictCertificates(t *testing.T, file string, floor int) {
	families, kinds := make(map[string]string), make(map[string]string)
	for _, r := range readTable(t, filepath.Join(certificateDir, "scenarios.csv")) {
		families[r[0]], kinds[r[0]] = r[1], r[2]
	}
	builders := Builders()
	v := new(chain.Verifier)
	type count struct{ right, all int }
	byClient, byFamily := make(map[string]*count), make(map[string]*count)
	var total count
	for _, r := range readCertificateRows(t, file) {
		b, ok := builders[cmp.Or(truthClients[r.client], certificateClients[r.client])]
		exchange := kinds[r.scenario] == "ku-rsakx"
		if !ok || exchange && r.layer == "tls" { // a matter of cipher suites, which are not judged
			continue
		}
		p := &Profile{ID: r.client, Builder: b, Store: storeOf(readPEM(t, filepath.Join(certificateDir, r.file)))}
		got := p.Judge(v.Begin(), readPEM(t, filepath.Join(certificateDir, "chains", r.scenario+".pem")),
			Question{Name: r.host, At: certificateAt, TLS: r.tls, RSAExchange: exchange, Unstapled: true})
		for _, c := range []*count{counter(byClient, r.client), counter(byFamily, families[r.scenario]), &total} {
			c.all++
			if got.Accepted == r.accepted {
				c.right++
			}
		}
		if got.Accepted != r.accepted && slices.Contains(strings.Split(os.Getenv("CERTIFICATE_MISSES"), ","), families[r.scenario]) {
			t.Logf("MISS %-22s %-18s %x accepted=%v %s %q: we say %s", r.client, r.scenario, r.tls, r.accepted, r.layer, r.message, got.Reason)
		}
	}
	for _, m := range []map[string]*count{byClient, byFamily} {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			t.Logf("%-22s %5d of %5d", name, m[name].right, m[name].all)
		}
	}
	t.Logf("%d of %d", total.right, total.all)
	if total.right*10000 < floor*total.all {
		t.Errorf("%d of %d verdicts are right, fewer than %d in 10,000", total.right, total.all, floor)
	}
}

func counter[C any](m map[string]*C, name string) *C {
	if m[name] == nil {
		m[name] = new(C)
	}
	return m[name]
}
