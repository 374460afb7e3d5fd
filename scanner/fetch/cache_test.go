package fetch

import (
	"strconv"
	"testing"
	"time"
)

func TestCacheIsBounded(t *testing.T) {
	var m Cache[int]
	for i := range 3 * generationKeys {
		m.Do(t.Context(), strconv.Itoa(i), func() Kept[int] { return Kept[int]{} })
	}
	if n := m.Len(); n > 2*generationKeys {
		t.Errorf("%d keys are known", n)
	}
	small := Cache[int]{Bytes: 1000}
	for i := range 1000 {
		small.Do(t.Context(), strconv.Itoa(i), func() Kept[int] { return Kept[int]{Size: 100} })
	}
	if n := small.Len(); n > 24 {
		t.Errorf("%d keys of 100 bytes each are known, in two generations of 1,000", n)
	}
}

func TestWhatIsOutOfDateIsFetchedAgain(t *testing.T) {
	var m Cache[int]
	fetched := 0
	get := func(until time.Time) {
		m.Do(t.Context(), "u", func() Kept[int] { fetched++; return Kept[int]{Until: until} })
	}
	get(time.Now().Add(-time.Hour))
	get(time.Now().Add(time.Hour))
	get(time.Time{})
	if fetched != 2 {
		t.Errorf("fetched %d times", fetched)
	}
}
