package client

import (
	"crypto/x509"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// everyone is all measured clients.
func everyone() []string { return slices.Sorted(maps.Keys(Builders())) }

// family lists the clients that a row of the model's tables speaks of.
var family = map[string][]string{
	"old openssl":    {"openssl-0.9.8", "openssl-1.0.1", "openssl-1.0.2", "openssl-1.0.2-trusted-first"},
	"new openssl":    {"openssl-1.1.0", "openssl-1.1.1", "openssl-3.0", "python-3.11", "node-20", "node-24"},
	"boring":         {"boringssl-android", "bun"},
	"java":           {"java-17", "java-17-aia"},
	"rustls":         {"rustls-0.20", "rustls-0.23", "rustls-0.23-aws-lc"},
	"every go":       {"go", "go-1.21", "go-1.23"},
	"backtracking":   {"firefox", "chrome", "botan-2.19", "go", "go-1.21", "go-1.23", "rustls-0.20", "rustls-0.23", "rustls-0.23-aws-lc"},
	"keeps the list": {"bearssl-0.6"},
}

// clients expands families and removes what stands behind a minus.
func clients(t *testing.T, list string) []string {
	t.Helper()
	var out []string
	for _, w := range strings.Split(list, ", ") {
		w, minus := strings.CutPrefix(w, "-")
		ids := family[w]
		if w == "everyone" {
			ids = everyone()
		} else if ids == nil {
			ids = []string{w}
		}
		for _, id := range ids {
			if _, ok := Builders()[id]; !ok {
				t.Fatalf("no client %q", id)
			}
			out = slices.DeleteFunc(out, func(o string) bool { return o == id })
			if !minus {
				out = append(out, id)
			}
		}
	}
	return out
}

// a scene is a list with a store, and who accepts it.
type scene struct {
	name    string
	list    []*tlstest.Cert
	store   []*tlstest.Cert
	accepts string
	rejects string
}

func (s scene) run(t *testing.T) {
	t.Run(s.name, func(t *testing.T) {
		var list []chain.Entry
		for _, c := range s.list {
			list = append(list, chain.Read(c.DER))
		}
		var anchors []*cert.Certificate
		for _, c := range s.store {
			a, err := cert.Parse(c.DER)
			if err != nil {
				t.Fatal(err)
			}
			anchors = append(anchors, a)
		}
		v := new(chain.Verifier)
		for want, ids := range map[bool]string{true: s.accepts, false: s.rejects} {
			if ids == "" {
				continue
			}
			for _, id := range clients(t, ids) {
				p := &Profile{ID: id, Builder: Builders()[id], Store: chain.NewSet(anchors)}
				got := p.Judge(v.Begin(), list, Question{Name: tlstest.ServerName, At: truthAt})
				if got.Accepted != want {
					t.Errorf("%s: accepted is %v: %s", id, got.Accepted, got.Reason)
				}
			}
		}
	})
}

func expired(t *tlstest.Template) {
	t.NotBefore, t.NotAfter = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
}

// TestModel builds what the model describes and no kept chain shows. The ids
// are those of model.md; the verdicts are what it says.
func TestModel(t *testing.T) {
	tb := tlstest.For(t)
	rsa := func(label string) func(*tlstest.Template) {
		return func(c *tlstest.Template) { c.Key = tb.Key(label, "rsa2048") }
	}
	r := tb.Root("R", rsa("R"))
	i := tb.Intermediate("I", r, rsa("I"))
	iexp := tb.Copy("Iexp", i, expired)
	l := tb.Leaf("L", i, rsa("L"), func(c *tlstest.Template) { c.KeyUsage |= x509.KeyUsageKeyEncipherment })
	x1 := tb.Cross("X1", r, tb.Root("Rold", rsa("Rold")))
	idead := tb.Cross("Idead", i, tb.Root("gone", rsa("gone")))
	for _, s := range []scene{
		{
			"10b", []*tlstest.Cert{l, iexp, i}, []*tlstest.Cert{r},
			"new openssl, curl, nss-3.87, mbedtls-2.28, java, backtracking",
			"old openssl, boring, gnutls-3.7, wolfssl-5.5, bearssl-0.6",
		},
		{
			"21a", []*tlstest.Cert{l, idead, i}, []*tlstest.Cert{r},
			"nss-3.87, wolfssl-5.5, java, backtracking",
			"old openssl, new openssl, curl, boring, gnutls-3.7, mbedtls-2.28, bearssl-0.6",
		},
		{"21b", []*tlstest.Cert{l, i, idead}, []*tlstest.Cert{r}, "new openssl, curl", "nss-3.87"},
		{
			"28p", []*tlstest.Cert{l, i}, []*tlstest.Cert{x1, r},
			"curl, gnutls-3.7, nss-3.87, firefox, chrome, go, java, rustls",
			"old openssl, new openssl, boringssl-android",
		},
		{"28p in the other order", []*tlstest.Cert{l, i}, []*tlstest.Cert{r, x1}, "everyone, -bun", ""},
	} {
		s.run(t)
	}
}

// line makes a chain of n intermediates with a key each, leaf first.
func line(tb tlstest.TB, n int) (list []*tlstest.Cert, root *tlstest.Cert) {
	root = tb.Root("line root")
	by := root
	for k := range n {
		by = tb.Intermediate(fmt.Sprintf("line %d", k), by)
		list = append(list, by)
	}
	list = append(list, tb.Leaf("line leaf", by))
	slices.Reverse(list)
	return list, root
}

// TestModelLimits holds the table of lengths, and Java's shorter builder mode.
func TestModelLimits(t *testing.T) {
	tb := tlstest.For(t)
	unrelated := tb.Intermediate("U", tb.Root("UR"))
	for id, last := range map[string]int{
		"openssl-1.0.1": 99, "openssl-1.0.2": 99, "boringssl-android": 99, "openssl-1.1.1": 100, "openssl-3.0": 100, "curl": 100, "bun": 100,
		"chrome": 19, "firefox": 6, "nss-3.87": 19, "gnutls-3.7": 15, "java-17": 9, "mbedtls-2.28": 8, "wolfssl-5.5": 8,
		"rustls-0.20": 6, "rustls-0.23": 6, "rustls-0.23-aws-lc": 6, "go": 99, "go-1.21": 99, "go-1.23": 99, "botan-2.19": -1, "bearssl-0.6": -1,
	} {
		bound := last
		if last < 0 {
			bound = 101
		}
		for n := bound; n <= bound+1; n++ {
			list, root := line(tb, n)
			s := scene{name: fmt.Sprintf("%s with %d", id, n), list: list, store: []*tlstest.Cert{root}}
			if n == bound || last < 0 {
				s.accepts = id
			} else {
				s.rejects = id
			}
			s.run(t)
		}
	}
	five, root5 := line(tb, 5)
	six, root6 := line(tb, 6)
	for _, list := range [][]*tlstest.Cert{five, six} {
		slices.Reverse(list[1:])
	}
	scene{"r5", five, []*tlstest.Cert{root5}, "java", ""}.run(t)
	scene{"r6", six, []*tlstest.Cert{root6}, "", "java"}.run(t)
	ordered, root := line(tb, 6)
	scene{"q6", append(ordered, unrelated), []*tlstest.Cert{root}, "openssl-3.0", "java"}.run(t)
	ordered, root = line(tb, 5)
	scene{"q5", append(ordered, unrelated), []*tlstest.Cert{root}, "java", ""}.run(t)
}

// mesh makes a list whose leaf has width issuers, each of them width issuers,
// and so on for depth levels, all of which end nowhere but one that is sent
// last and is older.
func mesh(tb tlstest.TB, depth, width int) (list []*tlstest.Cert, root *tlstest.Cert) {
	root = tb.Root("mesh root")
	level := make([]*tlstest.Cert, depth+1)
	level[depth] = tb.Root("nowhere")
	for d := depth - 1; d >= 0; d-- {
		level[d] = tb.Intermediate(fmt.Sprintf("mesh level %d", d), level[d+1])
	}
	list = append(list, tb.Leaf("mesh leaf", level[0]))
	for d := range depth {
		list = append(list, level[d])
		for w := 1; w < width; w++ {
			list = append(list, tb.Copy(fmt.Sprintf("mesh %d %d", d, w), level[d]))
		}
	}
	way := tb.Cross("mesh way out", level[0], root, func(c *tlstest.Template) {
		c.NotBefore = c.NotBefore.AddDate(-1, 0, 0)
	})
	return append(list, way), root
}

// TestModelMeshes holds how far clients search: scenarios 21p and 28m.
func TestModelMeshes(t *testing.T) {
	tb := tlstest.For(t)
	for _, m := range []struct {
		depth, width     int
		accepts, rejects string
	}{
		{2, 2, "firefox, chrome, go, botan-2.19, rustls", ""},
		{2, 3, "firefox, go, botan-2.19, rustls", "chrome"},
		{3, 2, "firefox, go, botan-2.19, rustls", "chrome"},
		{3, 3, "firefox, go, botan-2.19, rustls", "chrome"},
		{5, 3, "firefox, botan-2.19, rustls", "go, chrome"},
	} {
		list, root := mesh(tb, m.depth, m.width)
		scene{fmt.Sprintf("%dx%d", m.depth, m.width), list, []*tlstest.Cert{root}, m.accepts, m.rejects}.run(t)
	}
	for dead, id := range map[int]string{9: "accepts", 10: "rejects"} { // 28h9, 21h
		root := tb.Root("R")
		i := tb.Intermediate("I", root)
		list := []*tlstest.Cert{tb.Leaf("L", i)}
		for k := range dead {
			list = append(list, tb.Cross(fmt.Sprintf("dead %d", k), i, tb.Root(fmt.Sprintf("gone %d", k)), func(c *tlstest.Template) {
				c.NotBefore = c.NotBefore.AddDate(1, 0, 0)
			}))
		}
		s := scene{name: fmt.Sprintf("%d dead ends", dead), list: append(list, i), store: []*tlstest.Cert{root}, accepts: "go, firefox"}
		if id == "accepts" {
			s.accepts += ", chrome"
		} else {
			s.rejects = "chrome"
		}
		s.run(t)
	}
}
