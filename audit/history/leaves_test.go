package history_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// leafOn is an endpoint that shows a leaf of 90 days from a day on.
func leafOn(key, leaf string, from int) history.Seen {
	s := seen(key, leaf)
	s.NotBefore = day(from)
	s.Chain[0].NotAfter = day(from + 90)
	return s
}

func leavesInOrder(t *testing.T, db *history.DB, _ string) {
	night(t, db, "web", 0, leafOn("a", "one", -5), seen("b", "B"))
	warned := leafOn("a", "one", -5)
	warned.Hash, warned.Due = sha256.Sum256([]byte("one, warned")), day(1)
	night(t, db, "web", 1, warned, seen("b", "B"))
	silent := seen("a", "no answer")
	silent.Chain, silent.Leaf, silent.Status = nil, history.Hash{}, "failed"
	night(t, db, "web", 2, silent, seen("b", "B"))
	night(t, db, "web", 3, warned, seen("b", "B"))
	night(t, db, "web", 4, leafOn("a", "two", 4))
	found, err := db.Leaves(t.Context(), "web", []string{"a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "endpoints with leaves, of those that are there", len(found), 1)
	if len(found["a"]) != 2 {
		t.Fatalf("leaves of a: %v", found["a"])
	}
	one, two := found["a"][0], found["a"][1]
	expect(t, "the first leaf", one, history.Leaf{SHA256: warned.Leaf, NotBefore: day(-5), NotAfter: day(85), FirstSeen: day(0), Due: day(1)})
	expect(t, "the second leaf", two, history.Leaf{SHA256: certificate("two leaf").SHA256, NotBefore: day(4), NotAfter: day(94), FirstSeen: day(4)})
	expect(t, "the warning in the timeline", get(t, db, "web", "a").Due, time.Time{})
}

func fixesKept(t *testing.T, db *history.DB, where string) {
	fixed := func(key string) history.Seen {
		s := bad(key, "incomplete", 3)
		s.Chain = s.Chain[:1]
		s.Fix = []history.Certificate{certificate("fetched"), certificate("the CA")}
		return s
	}
	bare := fixed("a")
	bare.Fix = nil
	night(t, db, "web", 0, bare)
	hashes := []history.Hash{certificate("fetched").SHA256, certificate("the CA").SHA256}
	der, err := db.DER(t.Context(), hashes)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "bytes that nobody had", len(der), 0)
	// The state is known already; its fix is not.
	for n := range 3 {
		night(t, db, "web", 1+n, fixed("a"), fixed("b"))
	}
	for range 2 { // pruning leaves what a state still needs
		if der, err = db.DER(t.Context(), hashes); err != nil {
			t.Fatal(err)
		}
		expect(t, "bytes of the mend", fmt.Sprintf("%s, %s", der[hashes[0]], der[hashes[1]]), "DER of fetched, DER of the CA")
		list, err := db.Bundle(t.Context(), bare.Bundle)
		if err != nil || len(list) != 2 || string(list[0]) != "DER of fetched" || string(list[1]) != "DER of the CA" {
			t.Errorf("the mend: %q, %v", list, err)
		}
		expect(t, "certificates of mends", count(t, where, "mend_certificate"), 2)
		if err := db.Prune(t.Context(), "web", day(3)); err != nil {
			t.Fatal(err)
		}
	}
	night(t, db, "web", 4, seen("a", "well"), seen("b", "well"))
	if err := db.Prune(t.Context(), "web", day(1000)); err != nil {
		t.Fatal(err)
	}
	expect(t, "certificates of mends that nobody needs", count(t, where, "mend_certificate"), 0)
	expect(t, "certificates left", count(t, where, "certificate"), 2)
}
