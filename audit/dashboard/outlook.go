package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

// outlookMonths is how far the page and the calendar look ahead.
const outlookMonths = 24

// outlooks remembers what is to come for groups: it takes a second for ten
// thousand endpoints, and changes with their audits and the day.
type outlooks struct {
	mu   sync.Mutex
	last map[string]rememberedOutlook
}

type rememberedOutlook struct {
	audit   int64 // the group's newest that has ended
	at      time.Time
	outlook *reports.Outlook
}

// outlookFor is how long an outlook is good: facts may be newer after that.
const outlookFor = time.Hour

// outlookOf looks ahead for a group, or for all if group is empty.
func (s *Server) outlookOf(ctx context.Context, group string) (*reports.Outlook, error) {
	now := s.Now()
	all := &reports.Outlook{EvaluatedAt: now.UTC(), Until: now.UTC().AddDate(0, outlookMonths, 0)}
	names := s.Config.GroupNames()
	if group != "" {
		if s.Config.Groups[group] == nil {
			return nil, history.ErrNotFound
		}
		names = []string{group}
	}
	s.outlooks.mu.Lock() // whoever comes meanwhile would do the same work
	defer s.outlooks.mu.Unlock()
	for _, name := range names {
		audits, err := s.DB.Audits(ctx, name, 0, 2)
		if err != nil {
			return nil, err
		}
		newest := int64(0)
		if i := slices.IndexFunc(audits, func(a history.Audit) bool { return a.State != history.Running }); i >= 0 {
			newest = audits[i].ID
		}
		known := s.outlooks.last[name]
		age := now.Sub(known.at)
		if known.outlook == nil || known.audit != newest || age < 0 || age >= outlookFor { // it was set back
			env := tlschain.Env{Now: now}
			if s.Env != nil {
				env = s.Env(now)
			}
			outlook, err := s.Config.Groups[name].Outlook(ctx, s.DB, env, all.Until)
			if err != nil {
				return nil, err
			}
			if s.outlooks.last == nil {
				s.outlooks.last = make(map[string]rememberedOutlook)
			}
			known = rememberedOutlook{newest, now, outlook}
			s.outlooks.last[name] = known
		}
		all.Merge(known.outlook)
	}
	return all, nil
}

const (
	maxTurns     = 200 // in the table of the page
	maxTurnNames = 3   // endpoints that one of them names
)

func (s *Server) outlook(r *http.Request) (string, any, error) {
	group := r.FormValue("group")
	outlook, err := s.outlookOf(r.Context(), group)
	if err != nil {
		return "", nil, err
	}
	shown := outlook.Turns[:min(len(outlook.Turns), maxTurns)]
	return "outlook", struct {
		Title     string
		Group     string
		Groups    []string
		Endpoints int
		Until     time.Time
		Picture   picture
		Turns     []reports.Turn
		More      int
		Command   string // that tells of all
		Calendar  bool
	}{"Outlook", group, s.Config.GroupNames(), outlook.Endpoints, outlook.Until, pictureOf(outlook), shown,
		len(outlook.Turns) - len(shown), s.Config.OutlookCommand(group), !s.Config.Serve.Calendar.IsZero()}, nil
}

// A picture is the months of an outlook as columns, each stacked of bars, in a
// box of the size that it says.
type picture struct {
	Width, Height int
	Text          string // the same in words
	Months        []pictureMonth
}

type pictureMonth struct {
	X     int    // of the middle
	Name  string // such as Jan
	Year  string // where a year begins, or the picture
	N     int    // endpoints for which something turns, each as often as it does
	Above int    // where the number stands
	Bars  []pictureBar
}

type pictureBar struct {
	Class        string
	X, Y, Height int
}

const (
	columnWidth = 38
	barWidth    = 26
	barsHeight  = 160
	barsBottom  = 180 // y of the line on which they stand
)

// turnClass is how bad a kind of turn is: an end is met by renewal as usual, what
// clients no longer trust is not.
func turnClass(k rules.TurnKind) string {
	switch k {
	case rules.LeafEnds:
		return "info"
	case rules.LifetimeStep, rules.IssuanceEnds:
		return "warning"
	}
	return "error"
}

var turnClasses = [...]string{"info", "warning", "error"}

func pictureOf(o *reports.Outlook) picture {
	p := picture{Width: outlookMonths*columnWidth + 40, Height: barsBottom + 40, Text: "endpoints for which something changes, by month:"}
	first := time.Date(o.EvaluatedAt.Year(), o.EvaluatedAt.Month(), 1, 0, 0, 0, 0, time.UTC)
	counts := map[string]map[string]int{} // by month and class
	most := 1
	for _, t := range o.Turns {
		month := t.Date[:len("2006-01")]
		if counts[month] == nil {
			counts[month] = map[string]int{}
		}
		counts[month][turnClass(t.Kind)] += t.Count
		counts[month][""] += t.Count
		most = max(most, counts[month][""])
	}
	for i := range outlookMonths + 1 {
		at := first.AddDate(0, i, 0)
		of := counts[at.Format("2006-01")]
		m := pictureMonth{X: 20 + i*columnWidth, Name: at.Format("Jan"), N: of[""], Above: barsBottom}
		if i == 0 || at.Month() == time.January {
			m.Year = at.Format("2006")
		}
		for _, class := range turnClasses {
			if of[class] == 0 {
				continue
			}
			height := max(2, barsHeight*of[class]/most)
			m.Above -= height
			m.Bars = append(m.Bars, pictureBar{class, m.X - barWidth/2, m.Above, height})
		}
		if m.N > 0 {
			p.Text += fmt.Sprintf(" %s %d,", at.Format("2006-01"), m.N)
		}
		m.Above -= 5
		p.Months = append(p.Months, m)
	}
	p.Text = p.Text[:len(p.Text)-1]
	return p
}

// few names six of many clients, and counts the others, which are more than one.
func few(clients []string) string {
	if len(clients) > 7 {
		return fmt.Sprintf("%s and %d more clients", strings.Join(clients[:6], ", "), len(clients)-6)
	}
	return strings.Join(clients, ", ")
}
