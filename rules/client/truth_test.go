package client

import (
	"encoding/pem"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// truthDir holds what real clients did with generated chains. It is kept
// beside the repository and not in it.
const truthDir = "../../../shared/truth"

// truthAt is the day the clients ran.
var truthAt = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// truthClients names the profiles of the clients that were run.
var truthClients = map[string]string{
	"openssl0.9.8": "openssl-0.9.8", "openssl1.0.1": "openssl-1.0.1", "openssl1.0.2": "openssl-1.0.2",
	"node8-openssl1.0.2s": "openssl-1.0.2", "openssl1.0.2-tf": "openssl-1.0.2-trusted-first",
	"node10-openssl1.1.0i": "openssl-1.1.0", "node16-openssl1.1.1v": "openssl-1.1.1",
	"openssl3.0": "openssl-3.0", "python3.11": "python-3.11", "node20": "node-20",
	"node24-openssl3.5.8": "node-24", "curl7.88": "curl", "boringssl-android13": "boringssl-android",
	"bun": "bun", "gnutls3.7": "gnutls-3.7", "nss3.87-classic": "nss-3.87", "firefox153": "firefox",
	"chromium156": "chrome", "mbedtls2.28": "mbedtls-2.28", "wolfssl5.5": "wolfssl-5.5",
	"botan2.19": "botan-2.19", "go1.26": "go", "java17": "java-17", "java17-aia": "java-17-aia",
	"rustls0.20": "rustls-0.20", "deno-rustls0.23": "rustls-0.23", "bearssl0.6": "bearssl-0.6",
}

type truthRow struct {
	scenario, description, presented, store, file, tls, client string
	accepted                                                   bool
}

func readTruth(t *testing.T, name string) []truthRow {
	t.Helper()
	var rows []truthRow
	for _, r := range readTable(t, filepath.Join(truthDir, name)) {
		rows = append(rows, truthRow{r[0], r[1], r[2], r[3], r[4], r[6], r[7], r[9] == "accept"})
	}
	return rows
}

// readPEM reads every block, whatever is in it.
func readPEM(t testing.TB, path string) []chain.Entry {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []chain.Entry
	for {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			return out
		}
		out = append(out, chain.Read(b.Bytes))
	}
}

func storeOf(entries []chain.Entry) *chain.Set {
	var certs []*cert.Certificate
	for _, e := range entries {
		if e.Cert != nil {
			certs = append(certs, e.Cert)
		}
	}
	return chain.NewSet(certs)
}

// nameless reports whether a row tells nothing of the client: OpenSSL 0.9.8 and
// 1.0.1 were run without a check of the name.
func (r truthRow) nameless() bool {
	return r.scenario == "24a" && (r.client == "openssl0.9.8" || r.client == "openssl1.0.1")
}

// TestTruth predicts what each real client did, and misses nothing.
func TestTruth(t *testing.T) {
	for _, table := range []struct {
		file string
		dir  string
	}{{"verdicts.csv", ""}, {"random/verdicts.csv", "random"}} {
		t.Run(table.file, func(t *testing.T) {
			rows := readTruth(t, table.file)
			v := new(chain.Verifier)
			profiles := Builders()
			total, missed := map[string]int{}, map[string]int{}
			misses := 0
			for _, r := range rows {
				b := profiles[truthClients[r.client]]
				p := &Profile{ID: r.client, Builder: b, Store: storeOf(readPEM(t, filepath.Join(truthDir, table.dir, r.file)))}
				got := p.Judge(v.Begin(), readPEM(t, filepath.Join(truthDir, table.dir, "chains", r.scenario+".pem")),
					Question{Name: "test.example", At: truthAt})
				total[r.client]++
				if got.Accepted != r.accepted && !r.nameless() {
					misses++
					missed[r.client]++
					t.Errorf("MISS %s %s accepted=%v: %s [%s] {%s} %s: %s", r.client, r.scenario, r.accepted, r.description, r.presented, r.store, r.tls, got.Reason)
				}
				if got.Reason == "" || strings.Contains(got.Reason, "%!") || !got.Accepted && got.Cause == "" {
					t.Errorf("%s %s: verdict without words: %+v", r.client, r.scenario, got)
				}
			}
			for _, c := range slices.Sorted(maps.Keys(total)) {
				t.Logf("%-22s %d of %d", c, total[c]-missed[c], total[c])
			}
			t.Logf("%d misses in %d rows", misses, len(rows))
		})
	}
}
