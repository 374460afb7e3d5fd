package dashboard

import (
	"fmt"
	"strings"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
)

// trendLength is how many audits the small picture of a group shows.
const trendLength = 30

// A trend is how many endpoints had errors or did not answer, audit by audit,
// oldest first, as the points of a line in a box of 120 by 24.
type trend struct {
	Points string // empty: fewer than two complete audits
	Text   string // the same in words
}

func trendOf(newestFirst []history.Audit) trend {
	var bad []int
	for i := len(newestFirst) - 1; i >= 0; i-- {
		if a := newestFirst[i]; a.State == history.Complete {
			s := audit.SummaryOf(a)
			bad = append(bad, s.Worst[3]+s.Status["failed"])
		}
	}
	if len(bad) < 2 {
		return trend{}
	}
	most := 1
	words := make([]string, len(bad))
	for i, n := range bad {
		most = max(most, n)
		words[i] = fmt.Sprint(n)
	}
	points := make([]string, len(bad))
	for i, n := range bad {
		points[i] = fmt.Sprintf("%d,%d", 2+116*i/(len(bad)-1), 22-20*n/most)
	}
	return trend{strings.Join(points, " "), "endpoints with errors or unreachable in the last audits: " + strings.Join(words, ", ")}
}
