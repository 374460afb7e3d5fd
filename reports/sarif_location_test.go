package reports

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/tlschain/tlschain/scanner"
)

// Code scanning services take places in files alone: relative ones are looked
// for in the repository.
func TestSARIFLocations(t *testing.T) {
	for _, c := range []struct {
		target scanner.Target
		file   string // that was checked, in the place of a target
		uri    string
		line   int
	}{
		{scanner.Target{Host: "www.example.com", Port: 443, List: "lists/my hosts.txt", Line: 7}, "", "lists/my%20hosts.txt", 7},
		{scanner.Target{Host: "www.example.com", Port: 443, List: "/etc/hosts.txt", Line: 2}, "", "file:///etc/hosts.txt", 2},
		{scanner.Target{Host: "www.example.com", Port: 8443}, "", "endpoints/www.example.com:8443", 1},
		{scanner.Target{Host: "2001:db8::1", Port: 443}, "", "endpoints/%5B2001:db8::1%5D:443", 1},
		{scanner.Target{}, "./certs/fullchain.pem", "certs/fullchain.pem", 1},
	} {
		e := NewEndpoint(&scanner.Observation{Target: c.target}, c.target.Host, nil)
		if c.file != "" {
			e = NewEndpoint(nil, c.file, nil)
		}
		got := e.sarifLocation()
		if got.Physical.Artifact.URI != c.uri || got.Physical.Region.Line != c.line {
			text, _ := json.Marshal(got)
			t.Errorf("%+v: %s, want %s line %d", c.target, text, c.uri, c.line)
		}
		var saved Endpoint // and the same of a report that was saved first
		if err := json.Unmarshal(e.AppendJSON(nil), &saved); err != nil || !reflect.DeepEqual(saved.sarifLocation(), got) {
			t.Errorf("%+v: saved, it is %+v (%v)", c.target, saved.sarifLocation(), err)
		}
	}
}
