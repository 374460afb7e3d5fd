package history_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/audit/history"
)

func presented(t *testing.T, db *history.DB, _ string) {
	refused := leafOn("b", "two", -3)
	refused.Refused = "android-7.0 java-8"
	bare := leafOn("c", "three", -1)
	bare.Chain = bare.Chain[:1]
	silent := seen("down", "no answer")
	silent.Chain, silent.Leaf, silent.Status = nil, history.Hash{}, "failed"
	night(t, db, "web", 0, leafOn("a", "old", -80), leafOn("gone", "one", -5))
	night(t, db, "web", 1, leafOn("a", "one", -5), refused, bare, silent)
	night(t, db, "mail", 1, leafOn("mx", "one", -5))
	got, err := db.Presented(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	ca := certificate("the CA").SHA256
	want := []history.Presented{}
	for _, s := range []history.Seen{leafOn("a", "one", -5), refused, bare} {
		p := history.Presented{Leaf: s.Leaf, Issuer: s.Issuer, NotBefore: s.NotBefore, NotAfter: s.Chain[0].NotAfter, Chain: []history.Hash{s.Leaf, ca}}
		p.Endpoint = history.Ref{Group: "web", Key: s.Key, Identity: s.Identity}
		if s.Key == "b" {
			p.Refused = []string{"android-7.0", "java-8"}
		}
		if s.Key == "c" {
			p.Chain = p.Chain[:1]
		}
		want = append(want, p)
	}
	for i := range got {
		got[i].Endpoint.ID = 0
		if len(got[i].Refused) == 0 {
			got[i].Refused = nil
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
