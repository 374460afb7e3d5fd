package audit

import (
	"reflect"
	"strings"
	"testing"

	"github.com/tlschain/tlschain"
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
    expect: site.pem
    aia: true
    aia_allow: [10.0.0.0/8]
    ports: [8443]
    server_name: www.example
    all_addresses: true
    family: "6"
    variants: [sni]
    fast: true
    proxy: none
    resolve: ["a.example:192.0.2.1"]
    dns: 192.0.2.53
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
