package variant

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestIdeas makes a chain of each idea at each position.
func TestIdeas(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for n, idea := range Every() {
		if testing.Short() && n%10 != 0 { // making keys takes long
			continue
		}
		if _, err := Make(fmt.Sprint("t", n), idea.Changes, now); err != nil && !impossible(err) {
			t.Errorf("%s: %v", Text(idea.Changes), err)
		}
		again, err := Parse(Text(idea.Changes))
		if err != nil || !slices.Equal(again, idea.Changes) {
			t.Errorf("%s is read back as %s: %v", Text(idea.Changes), Text(again), err)
		}
	}
}

// TestRandom looks at what becomes of several ideas together.
func TestRandom(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	failed, all := 0, 400
	if testing.Short() {
		all = 40
	}
	for n := range all {
		changes := Random(3, n).Changes
		if _, err := Make(fmt.Sprint("t", n), changes, now); err != nil {
			failed++
			t.Logf("%s: %v", Text(changes), err)
		}
	}
	if failed > all/10 {
		t.Errorf("%d of %d chains cannot be made", failed, all)
	}
}

// impossible reports whether a key cannot make the signature that is asked for.
func impossible(err error) bool {
	return strings.Contains(err.Error(), "too short") || strings.Contains(err.Error(), "no key ")
}
