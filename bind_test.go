package tlschain

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// freePort gives an address of loopback at which nobody listens now, neither by
// TCP nor by UDP.
func freePort(t *testing.T) netip.AddrPort {
	t.Helper()
	tcp, udp := tlstest.ListenBoth(t)
	tcp.Close()
	udp.Close()
	return tcp.Addr().(*net.TCPAddr).AddrPort()
}

// named runs BIND until the test ends, with options beside those that it needs
// to keep to itself, and gives its address.
func named(t *testing.T, dir, options, zones string) netip.AddrPort {
	t.Helper()
	for {
		if addr, ok := tryNamed(t, dir, options, zones); ok {
			return addr
		}
	}
}

// tryNamed reports false where somebody else took the port meanwhile.
func tryNamed(t *testing.T, dir, options, zones string) (addr netip.AddrPort, ok bool) {
	t.Helper()
	addr = freePort(t)
	config := fmt.Sprintf(`options { directory "%[1]s"; pid-file none; session-keyfile none; managed-keys-directory "%[1]s";
  listen-on port %[2]d { 127.0.0.1; }; listen-on-v6 { none; }; querylog no; empty-zones-enable no; %[3]s };
controls { }; logging { category lame-servers { null; }; };
%[4]s`, dir, addr.Port(), options, zones)
	file := filepath.Join(dir, "named.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(tlstest.Program(t, "named", "bind9"), "-g", "-c", file, "-n", "1")
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	stop := func() {
		cmd.Process.Kill()
		<-ended
	}
	for q := new(dns.Msg).SetQuestion("version.bind.", dns.TypeTXT); ; {
		q.Question[0].Qclass = dns.ClassCHAOS
		if _, err := dns.Exchange(q, addr.String()); err == nil {
			t.Cleanup(stop)
			return addr, true
		}
		said, err := os.ReadFile(log.Name())
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(said, []byte("address in use")) {
			stop()
			return addr, false
		}
		select {
		case <-ended:
			t.Fatalf("named did not start:\n%s", said)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// A zoneSet is a name server for signed and unsigned zones, and a resolver that
// validates what it says.
type zoneSet struct {
	dir     string
	zones   []string
	anchors string
}

// sign writes a zone and signs it; anchored: the resolver knows its key.
func (z *zoneSet) sign(t *testing.T, name, records string) {
	t.Helper()
	z.write(t, name, records)
	run := func(program string, args ...string) string {
		cmd := exec.Command(tlstest.Program(t, program, "bind9-utils"), args...)
		cmd.Dir = z.dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v", program, err)
		}
		return strings.TrimSpace(string(out))
	}
	key := run("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", name)
	run("dnssec-signzone", "-q", "-z", "-S", "-O", "full", "-o", name, "-f", name, name)
	text, err := os.ReadFile(filepath.Join(z.dir, key+".key"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`DNSKEY 257 3 13 (.*)`).FindSubmatch(text)
	z.anchors += fmt.Sprintf("%s static-key 257 3 13 \"%s\";\n", name, m[1])
}

func (z *zoneSet) write(t *testing.T, name, records string) {
	t.Helper()
	text := "$TTL 60\n@ SOA ns.invalid. host.invalid. 1 60 60 60 60\n@ NS ns." + name + ".\nns A 127.0.0.1\n" + records
	if err := os.WriteFile(filepath.Join(z.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	z.zones = append(z.zones, name)
}

// serve starts both, and gives the address of the resolver.
func (z *zoneSet) serve(t *testing.T) string {
	t.Helper()
	var primary, forward string
	for _, name := range z.zones {
		primary += fmt.Sprintf("zone %q { type primary; file %q; };\n", name, name)
	}
	server := named(t, z.dir, "recursion no; check-names primary ignore;", primary)
	for _, name := range z.zones {
		forward += fmt.Sprintf("zone %q { type forward; forward only; forwarders { 127.0.0.1 port %d; }; };\n", name, server.Port())
	}
	return named(t, t.TempDir(), "recursion yes; dnssec-validation yes;", forward+"trust-anchors {\n"+z.anchors+"};\n").String()
}

// TLSA records of a real name server, by a real resolver that validates them, are
// held against what real servers present.
func TestDANE(t *testing.T) {
	tb := tlstest.For(t)
	root := tb.Root("R")
	intermediate := tb.Intermediate("I", root)
	leaf, next := tb.Leaf("L", intermediate), tb.Leaf("NEXT", intermediate)
	addr := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf, intermediate)}).Addr()
	e, err := New(Config{}, Env{})
	if err != nil {
		t.Fatal(err)
	}
	sha := func(c *tlstest.Cert) string { return e.judge.Read(c.DER).Cert.Key.SPKI.String() }
	record := func(host, kind string, c *tlstest.Cert) string {
		return fmt.Sprintf("_%d._tcp.%s TLSA %s %s\n%s A 127.0.0.1\n", addr.Port(), host, kind, sha(c), host)
	}
	signed := record("good", "3 1 1", leaf) + record("rollover", "3 1 1", next) + record("rollover", "3 1 1", leaf) +
		record("old", "3 1 1", next) + record("issuer", "2 1 1", intermediate) + record("anchor", "2 1 1", root) +
		fmt.Sprintf("_%d._tcp.whole TLSA 3 0 1 %x\nwhole A 127.0.0.1\n", addr.Port(), sha256.Sum256(leaf.DER)) + "none A 127.0.0.1\n" +
		"domain MX 10 mx.signed.test.\ndomain MX 20 mx2.signed.test.\ndomain MX 5 not\\032a\\032name.signed.test.\nmx A 127.0.0.1\nmx2 A 127.0.0.1\n"
	z := &zoneSet{dir: t.TempDir()}
	z.sign(t, "signed.test", signed)
	z.write(t, "plain.test", record("good", "3 1 1", leaf))
	z.sign(t, "bogus.test", record("good", "3 1 1", leaf))
	z.zones = slices.DeleteFunc(z.zones, func(name string) bool { return name == "bogus.test" })
	z.write(t, "bogus.test", record("good", "3 1 1", leaf)) // its signatures are gone
	config := Config{DANE: true, DNS: z.serve(t), At: tlstest.Now(), Pool: []string{poolOf(t, root)}}
	if e, err = New(config, Env{}); err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]struct {
		rules, states string
		authenticated bool
	}{
		"good.signed.test":     {"", "matches", true},
		"whole.signed.test":    {"", "matches", true},
		"rollover.signed.test": {"", "matches other", true},
		"issuer.signed.test":   {"", "matches", true},
		"old.signed.test":      {"dane-mismatch", "other", true},
		"anchor.signed.test":   {"dane-anchor-not-sent", "not-sent", true},
		"none.signed.test":     {"", "", true}, // that there is none is signed too
		"good.plain.test":      {"dane-unauthenticated", "matches", false},
		"good.bogus.test":      {"dane-unauthenticated", "", false},
	} {
		target := scanner.Target{Host: host, ServerName: host, Addr: addr.Addr(), Port: addr.Port()}
		for all := range e.Scan(t.Context(), slices.Values([]scanner.Target{target})) {
			got := &all[0]
			var found []string
			for _, f := range got.Findings {
				if strings.HasPrefix(f.Rule, "dane-") {
					found = append(found, f.Rule)
				}
			}
			if got.DANE == nil {
				t.Errorf("%s: nothing of DANE", host)
			} else if r, s := strings.Join(found, " "), statesOf(got.DANE); r != want.rules || s != want.states || got.DANE.Authenticated != want.authenticated {
				t.Errorf("%s: %q, records %q, %+v; want %+v", host, r, s, got.DANE, want)
			}
		}
	}
	mail := scanner.Target{Text: "domain", Host: "domain.signed.test", ServerName: "domain.signed.test", Port: 25, STARTTLS: "smtp"}
	var hosts []string
	for target := range e.MailServers(t.Context(), slices.Values([]scanner.Target{mail, {Host: "domain.signed.test", Port: 443}})) {
		hosts = append(hosts, target.Host)
	}
	if want := []string{"mx.signed.test", "mx2.signed.test", "domain.signed.test"}; !slices.Equal(hosts, want) {
		t.Errorf("mail servers %q, want %q", hosts, want)
	}
}

func statesOf(d *reports.DANE) string {
	var states []string
	for _, r := range d.Records {
		states = append(states, string(r.State))
	}
	slices.Sort(states)
	return strings.Join(states, " ")
}

func poolOf(t *testing.T, c *tlstest.Cert) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pool.pem")
	if err := os.WriteFile(file, c.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
