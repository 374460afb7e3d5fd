package cert

import (
	"encoding/binary"
	"slices"
	"testing"
	"time"
)

// sct is a serialized timestamp; its log and signature are of no interest.
func sct(at time.Time) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 33), uint64(at.UnixMilli()))
	return append(b, 0, 0, 4, 3, 0, 2, 0x30, 0)
}

func sctList(scts ...[]byte) []byte {
	var body []byte
	for _, s := range scts {
		body = append(binary.BigEndian.AppendUint16(body, uint16(len(s))), s...)
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(body))), body...)
}

func TestParseSCTs(t *testing.T) {
	early, late := time.Date(2026, 6, 30, 23, 59, 59, 0, time.UTC), time.Date(2026, 9, 20, 1, 2, 3, 4e6, time.UTC)
	if got := parseSCTs(sctList(sct(late), sct(early))); !slices.Equal(got, []time.Time{late, early}) {
		t.Error(got)
	}
	future := sct(late)
	future[0] = 1
	if got := parseSCTs(sctList(future, sct(early))); !slices.Equal(got, []time.Time{early}) {
		t.Errorf("of version 2: %v", got)
	}
	whole := sctList(sct(late), sct(early))
	for n := range whole {
		if got := parseSCTs(whole[:n]); len(got) > 1 { // the length no longer fits
			t.Errorf("%d bytes: %v", n, got)
		}
	}
	many := make([][]byte, 1000)
	for i := range many {
		many[i] = sct(late)
	}
	if got := parseSCTs(sctList(many...)); len(got) != maxSCTs {
		t.Errorf("%d of many", len(got))
	}
	huge := sct(late)
	copy(huge[33:], []byte{255, 255, 255, 255, 255, 255, 255, 255})
	if _, ok := SCTTime(huge); ok {
		t.Error("a time beyond all calendars")
	}
}
