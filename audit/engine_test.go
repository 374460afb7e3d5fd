package audit

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

// written is a group with each key of tlschain.Options.
const written = `
groups:
  web:
    targets: {inline: [a.example]}
    clients: [go]
    client_file: clients.yaml
    roots: roots.pem
    add_roots: more.pem
    pool: [pool]
    catalog: catalog.yaml
    policy: policy.yaml
    waivers: waivers.yaml
    distrust: distrust.yaml
    expect: site.pem
    aia: true
    aia_allow: [10.0.0.0/8]
    revocation: true
    ports: [8443]
    server_name: www.example
    max_addresses: 70000
    all_addresses: true
    family: "6"
    variants: [sni]
    fast: true
    proxy: none
    proxy_protocol: v2
    resolve: ["a.example:192.0.2.1"]
    dns: 192.0.2.53
    dane: true
    source: 192.0.2.9
    exclude: exclude.txt
    client_cert: client.pem
    client_key: client.key
    pace: {concurrency: 5, rate: 6, per_host: 7, retries: 8, timeout: 1d}
`

// Each key of tlschain.Options fills its field, and no other key does.
func TestOptionsAreKeys(t *testing.T) {
	config, err := Parse([]byte(written), "/etc/tlschain/tlschain.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := config.Groups["web"].config()
	value := func(field string) reflect.Value {
		v := reflect.ValueOf(c)
		for name := range strings.SplitSeq(field, ".") {
			v = v.FieldByName(name)
		}
		return v
	}
	for _, o := range tlschain.Options() {
		if value(o.Field).IsZero() != (o.Key == "") {
			t.Errorf("%s, %q: %v", o.Field, o.Key, value(o.Field))
		}
		if word := o.Key[strings.LastIndexByte(o.Key, '.')+1:]; !strings.Contains(written, word+": ") {
			t.Errorf("the test lacks the key %s", o.Key)
		}
		if word := o.Key[strings.LastIndexByte(o.Key, '.')+1:]; o.Key != "" && !strings.Contains(string(Example), word+":") {
			t.Errorf("the example lacks the key %s", o.Key)
		}
	}
	if c.Roots != "/etc/tlschain/roots.pem" || c.Pool[0] != "/etc/tlschain/pool" || c.ClientKey != "/etc/tlschain/client.key" {
		t.Errorf("files: %+v", c)
	}
}

// What mails and pages tell to type is about the endpoint as it was looked at,
// with all that its group is judged by.
func TestFixCommand(t *testing.T) {
	config, err := Parse([]byte(`
groups:
  web:
    targets: {inline: [a.example]}
    roots: our roots.pem
    pool: [pool]
    resolve: ["a.example:192.0.2.1"]
`), "/etc/tlschain/tlschain.yaml")
	if err != nil {
		t.Fatal(err)
	}
	flags := " --roots '/etc/tlschain/our roots.pem' --pool /etc/tlschain/pool --aia --resolve a.example:192.0.2.1"
	config.Groups["web"].AIA = true
	for _, c := range []struct {
		endpoint reports.Endpoint
		pinned   bool
		group    string
		want     string
	}{
		{reports.Endpoint{Target: "a.example", Host: "a.example", Port: 443, ServerName: "a.example", Address: "192.0.2.1"}, false, "web", "tlschain fix a.example" + flags},
		{reports.Endpoint{Target: "a.example", Host: "a.example", Port: 443, ServerName: "a.example", Address: "192.0.2.1"}, true, "web", "tlschain fix a.example@192.0.2.1:443" + flags},
		{reports.Endpoint{Target: "line 3", Host: "mx.example", Port: 2525, ServerName: "mx.example", STARTTLS: "smtp"}, false, "gone", "tlschain fix starttls+smtp://mx.example:2525 --aia"},
	} {
		who, err := json.Marshal(identity{c.endpoint.Target, c.endpoint.Host, c.endpoint.Port, c.endpoint.ServerName, c.endpoint.STARTTLS,
			c.endpoint.Transport})
		if err != nil {
			t.Fatal(err)
		}
		ref := history.Ref{Group: c.group, Key: keyOf(&c.endpoint, c.pinned), Identity: string(who)}
		if got := config.FixCommand(ref, "--aia"); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}
