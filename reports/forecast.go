package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules"
)

// Forecast tells when clients that accept a file as of now will first refuse it,
// up to until. Clients that refuse from the same day on for the same reason stand
// together; all is how many were asked.
func Forecast(label string, now, until time.Time, rejections []rules.FirstRejection, all int) string {
	var p Page
	fmt.Fprintf(&p, "\n%s until %s, by its certificates and the trust stores that are known:\n",
		Clean(label), until.UTC().Format(time.DateOnly))
	slices.SortStableFunc(rejections, func(a, b rules.FirstRejection) int { return a.At.Compare(b.At) })
	type event struct{ day, reason string }
	var order []event
	clients := map[event][]string{}
	for _, x := range rejections {
		day := x.At.UTC().Format(time.DateOnly)
		if x.At.Equal(now) {
			day = "today"
		}
		e := event{day, x.Reason}
		if clients[e] == nil {
			order = append(order, e)
		}
		clients[e] = append(clients[e], x.Client)
	}
	for _, e := range order {
		who := strings.Join(clients[e], ", ")
		if len(clients[e]) == all && len(clients[e]) > 1 {
			who = fmt.Sprintf("all %d clients", len(clients[e]))
		}
		p.Term(e.day, who, 12)
		p.Paragraph(Clean(e.reason), strings.Repeat(" ", 14))
	}
	if len(order) == 0 {
		p.WriteString("  no client refuses it\n")
	} else if left := all - len(rejections); left > 0 {
		fmt.Fprintf(&p, "  after that   %d clients still accept it\n", left)
	}
	return p.String()
}
