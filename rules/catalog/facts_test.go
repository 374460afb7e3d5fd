package catalog_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/catalog/build"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

// published is the directory that the facts are made of.
func published(t testing.TB) string {
	dir := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(filepath.Join(dir, "stores.tsv")); err != nil {
		t.Skip("the published data that the facts are made of is not beside the repository (../shared/data)")
	}
	return dir
}

func TestEmbeddedFactsAreCurrent(t *testing.T) {
	f, skipped, err := build.Published(os.DirFS(published(t)), os.DirFS("lists"))
	if err != nil {
		t.Fatal(err)
	}
	if len(skipped) > 0 {
		t.Errorf("left out, though our view should read every published CA certificate: %q", skipped)
	}
	var made bytes.Buffer
	if err := f.WriteUncompressed(&made); err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile(filepath.Join("data", "facts.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made.Bytes(), committed) {
		t.Error("data/facts.bin is not what the generator makes: run go generate ./rules/catalog")
	}
}

func TestEmbeddedFactsAreSmallAndWhole(t *testing.T) {
	info := catalog.Embedded().Info()
	if info.Size == 0 || info.Size >= 5_000_000 {
		t.Errorf("the embedded table has %d bytes, want some and under 5 MB", info.Size)
	}
	if info.CAs < 8000 || info.Roots < 504 || len(info.Stores) != 49 || info.Keys < 6000 {
		t.Errorf("facts of %d CAs, %d roots, %d keys, %d stores: fewer than were published", info.CAs, info.Roots, info.Keys, len(info.Stores))
	}
	for _, s := range info.Sources {
		if s.Name == "" || s.Terms == "" {
			t.Errorf("source %+v lacks its attribution", s)
		}
	}
}

// Each signer that the facts assert must be a key whose owner bears the
// issuer's name, or that the key identifier names.
func TestSignersAreConsistent(t *testing.T) {
	f := catalog.Embedded()
	none, foreign, renamed := 0, 0, 0
	for _, c := range f.CAs().All() {
		if c.Raw != nil || c.TBS != nil || c.Signature != nil {
			t.Fatalf("%s: facts hold bytes", c.Subject.Text)
		}
		if c.SignedBy == (cert.Hash{}) {
			none++
			continue
		}
		owners := f.CAs().BySPKI(c.SignedBy)
		if len(owners) == 0 {
			foreign++
			continue
		}
		named, identified := false, false
		for _, o := range owners {
			named = named || o.Subject.Canon == c.Issuer.Canon
			identified = identified || len(o.SKI) > 0 && bytes.Equal(o.SKI, c.AKI)
		}
		if !named && !identified {
			t.Errorf("%s %s: signed by a key that neither its issuer's name nor its key identifier gives", c.Subject.Text, c.SHA256)
		}
		if !named {
			renamed++
		}
	}
	t.Logf("%d without a known signer, %d signed by a key that is no CA for TLS, %d under another spelling of the issuer", none, foreign, renamed)
	if total := len(f.CAs().All()); none > total/50 {
		t.Errorf("%d of %d certificates have no known signer: more than the odd orphan", none, total)
	}
}

func TestFactsAnswerForSignatures(t *testing.T) {
	f := catalog.Embedded()
	session := new(chain.Verifier).Begin()
	for _, c := range f.CAs().All() {
		if c.SignedBy != c.Key.SPKI {
			continue
		}
		if got := session.Signed(c, c); got != chain.Yes {
			t.Fatalf("%s: signed by its own key, but the session says %d", c.Subject.Text, got)
		}
	}
}

func TestWriteReadKeepsEverything(t *testing.T) {
	f := catalog.Embedded()
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		t.Fatal(err)
	}
	again, err := catalog.Read(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if c := build.Compare(f, again); !c.Empty() {
		t.Errorf("after writing and reading: %d added, %d removed, %d stores differ", len(c.Added), len(c.Removed), len(c.Stores))
	}
	var twice bytes.Buffer
	if err := again.Write(&twice); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file.Bytes(), twice.Bytes()) {
		t.Error("the same facts give different bytes")
	}
}

func TestDecodingStaysInMemoryBudget(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("data", "facts.bin"))
	if err != nil {
		t.Fatal(err)
	}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	f, err := catalog.Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	used := heap() - before
	runtime.KeepAlive(f)
	t.Logf("%d bytes of heap", used)
	if used > 40<<20 {
		t.Errorf("facts take %d MB, want under 40", used>>20)
	}
}

func TestEmbeddedUpdatedIsTheFacts(t *testing.T) {
	if got, want := catalog.EmbeddedUpdated(), catalog.Embedded().Updated(); !got.Equal(want) || got.IsZero() {
		t.Errorf("the head of the table says %v, the facts say %v", got, want)
	}
}

func BenchmarkRead(b *testing.B) {
	file, err := os.ReadFile(filepath.Join("data", "facts.bin"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := catalog.Read(bytes.NewReader(file)); err != nil {
			b.Fatal(err)
		}
	}
}

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

// named returns the known certificates whose subject's common name is cn.
func named(cn string) (out []*cert.Certificate) {
	for _, c := range catalog.Embedded().CAs().All() {
		if strings.EqualFold(c.Subject.Common, cn) {
			out = append(out, c)
		}
	}
	return out
}
