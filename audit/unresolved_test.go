package audit

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
)

// A zone is what a name server says: addresses by name; none: no answer.
type zone map[string][]string

func (z zone) engine(*Group, time.Time) (ScanFunc, error) {
	return func(_ context.Context, targets iter.Seq[scanner.Target], _ func([]byte)) iter.Seq[[]reports.Endpoint] {
		return func(yield func([]reports.Endpoint) bool) {
			for t := range targets {
				var all []reports.Endpoint
				for _, address := range z[t.Host] {
					e := fake(t, "")
					e.Address = address
					all = append(all, e)
				}
				if len(all) == 0 {
					e := fake(t, "down")
					e.Address, e.Error.Code = "", string(scanner.DNS)
					all = append(all, e)
				}
				if !yield(all) {
					return
				}
			}
		}
	}, nil
}

// A name that does not resolve for a night makes none of its addresses gone.
func TestUnresolvedNameKeepsItsAddresses(t *testing.T) {
	w := newWorld()
	a := auditorOf(t, w, "    all_addresses: true\n", "a.example", "b.example", "c.example")
	z := zone{"a.example": {"192.0.2.1", "192.0.2.2"}, "b.example": {"192.0.2.3"}}
	a.Engine = z.engine
	for _, night := range []struct {
		name string
		set  zone
		want string
	}{
		{"the first", nil, "a.example:443 at 192.0.2.1: new, a.example:443 at 192.0.2.2: new, b.example:443 at 192.0.2.3: new, c.example: new"},
		{"a quiet one", nil, ""},
		{"no answer for a", zone{"a.example": nil}, "a.example:443 at 192.0.2.1: unreachable, a.example:443 at 192.0.2.2: unreachable"},
		{"and again", nil, ""},
		{"an answer", zone{"a.example": {"192.0.2.1", "192.0.2.2"}}, "a.example:443 at 192.0.2.1: reachable, a.example:443 at 192.0.2.2: reachable"},
		{"an address less", zone{"a.example": {"192.0.2.2"}}, "a.example:443 at 192.0.2.1: gone"},
		{"no answer for what is left", zone{"a.example": nil}, "a.example:443 at 192.0.2.2: unreachable"},
		{"another answer", zone{"a.example": {"192.0.2.9"}}, "a.example:443 at 192.0.2.2: gone, a.example:443 at 192.0.2.9: new"},
	} {
		for host, addresses := range night.set {
			z[host] = addresses
		}
		audit := runNight(t, a)
		if audit.State != history.Complete {
			t.Errorf("%s: %+v", night.name, audit)
		}
		if got := material(t, a, audit.ID); got != night.want {
			t.Errorf("%s: told %q, want %q", night.name, got, night.want)
		}
		for row, err := range a.DB.Rows(t.Context(), audit.ID) {
			if err != nil {
				t.Fatal(err)
			}
			e, err := Endpoint(row.Endpoint, row.State)
			if err != nil || !strings.HasPrefix(row.Endpoint.Key, e.Host+":443") {
				t.Errorf("%s: %s reads back as %s %v", night.name, row.Endpoint.Key, e.Host, err)
			}
		}
	}
}

// A blip of the name server is forgiven like any other.
func TestUnresolvedOnce(t *testing.T) {
	w := newWorld()
	a := auditorOf(t, w, "    all_addresses: true\n", "a.example")
	z := zone{"a.example": {"192.0.2.1", "192.0.2.2"}}
	look, _ := z.engine(nil, time.Time{})
	scans := 0
	a.Engine = func(*Group, time.Time) (ScanFunc, error) {
		return func(ctx context.Context, targets iter.Seq[scanner.Target], keep func([]byte)) iter.Seq[[]reports.Endpoint] {
			if scans++; scans == 2 {
				blip, err := zone{}.engine(nil, time.Time{})
				if err != nil {
					t.Error(err)
				}
				return blip(ctx, targets, keep)
			}
			return look(ctx, targets, keep)
		}, nil
	}
	runNight(t, a)
	audit := runNight(t, a)
	if got := material(t, a, audit.ID); got != "" || audit.Endpoints != 2 || scans != 3 || SummaryOf(audit).Flapping != 0 {
		t.Errorf("told %q of %d endpoints after %d scans", got, audit.Endpoints, scans)
	}
}
