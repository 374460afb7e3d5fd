package conformance

import (
	"context"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// makeDatabase makes an NSS database that trusts the anchors of all jobs, as no
// two of them share a name.
func makeDatabase(ctx context.Context, db string, jobs []job) error {
	if err := os.RemoveAll(db); err != nil {
		return err
	}
	if err := os.MkdirAll(db, 0o700); err != nil {
		return err
	}
	if output, exit, err := run(ctx, db, "certutil", "-N", "-d", "sql:"+db, "--empty-password"); err != nil || exit != 0 {
		return fmt.Errorf("certutil -N: exit code %d, %w: %s", exit, err, output)
	}
	var batch strings.Builder
	var commands [][]string
	added := map[string]bool{}
	for n, j := range jobs {
		for i, der := range j.anchors {
			if added[string(der)] {
				continue
			}
			added[string(der)] = true
			name := fmt.Sprintf("%d-%d", n, i)
			if err := os.WriteFile(filepath.Join(db, name), der, 0o600); err != nil {
				return err
			}
			command := []string{"-A", "-d", "sql:" + db, "-n", name, "-t", "C,,", "-i", filepath.Join(db, name)}
			fmt.Fprintln(&batch, strings.Join(command, " "))
			commands = append(commands, command)
		}
	}
	file := filepath.Join(db, "batch")
	if err := os.WriteFile(file, []byte(batch.String()), 0o600); err != nil {
		return err
	}
	output, exit, err := run(ctx, db, "certutil", "-B", "-d", "sql:"+db, "-i", file)
	if err != nil {
		return fmt.Errorf("certutil -B: %w: %s", err, output)
	}
	if exit == 0 {
		return nil
	}
	// It stopped at one that it cannot read, which is no anchor then. Adding
	// again what is there changes nothing.
	for _, command := range commands {
		if _, _, err := run(ctx, db, "certutil", command...); err != nil {
			return err
		}
	}
	return nil
}

// request is the file of what tstclnt says: if it said nothing, it would stay
// until the server has had enough.
const request = "request"

// nss is tstclnt, started for each connection, with one database for all jobs.
type nss struct{ dir, fast, version string }

func newNSS(t *testing.T, dir string) (session, error) {
	version, err := packaged(t, dir, "libnss3-tools")
	if err != nil {
		return nil, err
	}
	if _, _, err := run(t.Context(), dir, "tstclnt"); err != nil {
		return nil, err
	}
	return &nss{dir, inMemory(t, dir), version}, os.WriteFile(filepath.Join(dir, request), []byte("GET / HTTP/1.0\r\n\r\n"), 0o600)
}

func (n *nss) Version() string { return n.version }

func (n *nss) Verdicts(ctx context.Context, jobs []job) ([]verdict, error) {
	db := filepath.Join(n.fast, "db")
	if err := makeDatabase(ctx, db, jobs); err != nil {
		return nil, err
	}
	var out []verdict
	for _, j := range jobs {
		output, exit, err := run(ctx, n.dir, "tstclnt", "-Q", "-A", request, "-h", "127.0.0.1", "-p", j.port, "-a", j.host, "-d", "sql:"+db)
		if err != nil {
			return nil, err
		}
		fault := lineWith(output, "SEC_ERROR_", "SSL_ERROR_BAD_CERT_DOMAIN", "SSL_ERROR_BAD_CERTIFICATE")
		ok := exit == 0 && fault == ""
		out = append(out, verdict{ok, !ok && fault == "", said(fault, output)})
	}
	return out, nil
}

// inMemory is a directory in memory, where there is such a thing, and otherwise
// dir: certutil waits for the disk after each certificate.
func inMemory(t *testing.T, dir string) string {
	fast, err := os.MkdirTemp("/dev/shm", "conformance")
	if err != nil {
		return dir
	}
	t.Cleanup(func() { os.RemoveAll(fast) })
	return fast
}

// writePEM writes anchors to a file, in order.
func writePEM(t *testing.T, path string, anchors [][]byte) {
	var text []byte
	for _, der := range anchors {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
