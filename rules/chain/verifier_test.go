package chain

import (
	"crypto"
	"encoding/binary"
	"math/big"
	"slices"
	"sync"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// costly gives n certificates that claim to be signed by a key of 8192 bits,
// the dearest that is checked; the first one is.
func costly(t testing.TB, n int) (children []*cert.Certificate, issuer *cert.Certificate) {
	t.Helper()
	key := tlstest.For(t).Key("costly", "rsa8192")
	alg := algorithm(t, "1.2.840.113549.1.1.11")
	spki := spkiOf(t, key.Public())
	issuer = certify(t, 0, spki, alg, func(tbs []byte) []byte {
		return must[[]byte](t)(key.Sign(nil, digest(crypto.SHA256, tbs), crypto.SHA256))
	})
	for i := range n {
		c := issuer
		if i > 0 {
			c = certify(t, int64(i), spki, alg, func([]byte) []byte { return big.NewInt(2).FillBytes(make([]byte, 1024)) })
		}
		children = append(children, c)
	}
	return children, issuer
}

// What was found before makes a judgement faster and changes no answer, also
// not which question is the first that finds no budget left.
func TestBudgetDoesNotDependOnMemory(t *testing.T) {
	children, issuer := costly(t, 150)
	judge := func(v *Verifier) (answers []Answer, starvedAt int) {
		s := v.Begin()
		starvedAt = -1
		for i, c := range children {
			answers = append(answers, s.Signed(c, issuer))
			if s.Starved && starvedAt < 0 {
				starvedAt = i
			}
		}
		return answers, starvedAt
	}
	cold, at := judge(nil)
	if at < 10 || at > 140 {
		t.Fatalf("the budget ended at question %d of %d: the test asks nothing", at, len(children))
	}
	for i, got := range cold {
		want := No
		switch {
		case i == 0:
			want = Yes
		case i >= at:
			want = CannotTell
		}
		if got != want {
			t.Fatalf("question %d: %v, want %v (budget ended at %d)", i, got, want, at)
		}
	}
	memory := new(Verifier)
	for round := range 3 {
		answers, starvedAt := judge(memory)
		if !slices.Equal(answers, cold) || starvedAt != at {
			t.Errorf("round %d with a memory: budget ended at %d, without at %d; same answers: %v", round, starvedAt, at, slices.Equal(answers, cold))
		}
	}
	// All of it known from judgements of their own, the last ones too.
	for _, c := range children {
		memory.Begin().Signed(c, issuer)
	}
	if answers, starvedAt := judge(memory); !slices.Equal(answers, cold) || starvedAt != at {
		t.Errorf("with everything in memory the budget ended at %d, want %d", starvedAt, at)
	}
}

// A question asked again costs nothing, and is answered when the budget is gone.
func TestAskingAgainIsFree(t *testing.T) {
	children, issuer := costly(t, 150)
	s := new(Verifier).Begin()
	for range 1000 {
		if got := s.Signed(children[0], issuer); got != Yes {
			t.Fatalf("%v, want yes", got)
		}
	}
	if s.Starved {
		t.Error("one question, asked a thousand times, used up the budget")
	}
	for _, c := range children {
		s.Signed(c, issuer)
	}
	if !s.Starved {
		t.Fatal("the budget did not end")
	}
	if s.Signed(children[0], issuer) != Yes || s.Signed(children[1], issuer) != No {
		t.Error("answers given before are forgotten once the budget is gone")
	}
}

// Cheap questions are answered in full: a hundred in a row are no attack.
func TestLongChainsFitTheBudget(t *testing.T) {
	for keyType, size := range map[string]int{"p256": 70, "rsa2048": 256, "rsa4096": 512} {
		key := tlstest.For(t).Key("long", keyType)
		oid, h := "1.2.840.113549.1.1.11", crypto.SHA256
		if keyType == "p256" {
			oid = "1.2.840.10045.4.3.2"
		}
		spki, alg := spkiOf(t, key.Public()), algorithm(t, oid)
		s := new(Verifier).Begin()
		for i := range 100 {
			want := No
			c := certify(t, int64(i), spki, alg, func(tbs []byte) []byte {
				if i > 0 { // as dear to refuse as to accept
					return big.NewInt(2).FillBytes(make([]byte, 512))[512-size:]
				}
				want = Yes
				return must[[]byte](t)(key.Sign(nil, digest(h, tbs), h))
			})
			if got := s.Signed(c, c); got != want {
				t.Fatalf("%s, question %d: %v, want %v", keyType, i, got, want)
			}
		}
		if s.Starved {
			t.Errorf("%s: a hundred checks used up the budget", keyType)
		}
	}
}

// The memory is bounded, keeps the younger half, and can be shared.
func TestMemoryIsBounded(t *testing.T) {
	name := func(i int) edge {
		var e edge
		binary.BigEndian.PutUint64(e.child[:], uint64(i))
		return e
	}
	v := new(Verifier)
	const n = 5 * generation
	for i := range n {
		v.known.Put(name(i), Yes, generation)
		if len(v.known.young)+len(v.known.old) > 2*generation {
			t.Fatalf("%d edges remembered, want at most %d", len(v.known.young)+len(v.known.old), 2*generation)
		}
	}
	for i := n - generation; i < n; i++ {
		if _, ok := v.known.Get(name(i)); !ok {
			t.Fatalf("edge %d of %d is forgotten already", i, n)
		}
	}
	if _, ok := v.known.Get(name(0)); ok {
		t.Error("the first edge is still remembered")
	}
}

func TestVerifierIsShared(t *testing.T) {
	var v Verifier
	key := tlstest.For(t).Key("shared", "p256")
	spki, alg := spkiOf(t, key.Public()), algorithm(t, "1.2.840.10045.4.3.2")
	var certs []*cert.Certificate
	for i := range 20 {
		certs = append(certs, certify(t, int64(i), spki, alg, func(tbs []byte) []byte {
			return must[[]byte](t)(key.Sign(nil, digest(crypto.SHA256, tbs), crypto.SHA256))
		}))
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			s := v.Begin()
			for _, c := range certs {
				if s.Signed(c, certs[0]) != Yes {
					t.Error("a signature that is good is not found so")
				}
			}
		})
	}
	all.Wait()
}

// BenchmarkSigned gives the true cost beside the estimate that the budget is
// reckoned in.
func BenchmarkSigned(b *testing.B) {
	for _, s := range signings(b) {
		c := certify(b, 1, s.spki, s.alg, s.sign)
		b.Run(s.name, func(b *testing.B) {
			for b.Loop() {
				if (*Verifier)(nil).Begin().Signed(c, c) != Yes {
					b.Fatal("not signed")
				}
			}
			us, _ := cost(c.SignatureAlg, c.Key)
			b.ReportMetric(float64(us), "estimated-us")
		})
	}
}
