package dashboard

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/tlschain/tlschain/audit/history"
)

// Calendars subscribe by a URL and cannot log in, so that the token stands in
// it. Each subscriber should have one of their own: what is taken out of the
// file admits nobody from then on.

// minCalendarToken is the least length of a token: 128 bits in base64.
const minCalendarToken = 22

// calendarTokens reads the tokens anew, so that one that was taken away is gone.
func (s *Server) calendarTokens() ([]string, error) {
	text, err := s.Config.Serve.Calendar.Read(s.Config.Dir, s.Getenv)
	if err != nil {
		return nil, fmt.Errorf("serve.calendar: %w", err)
	}
	tokens := strings.Fields(text)
	for i, token := range tokens {
		if len(token) < minCalendarToken {
			return nil, fmt.Errorf("serve.calendar: token %d has less than %d characters; openssl rand -hex 24 makes one", i+1, minCalendarToken)
		}
	}
	return tokens, nil
}

// calendar answers with the outlook as iCalendar to whoever has a token. For all
// others there is no such page.
func (s *Server) calendar(w http.ResponseWriter, r *http.Request) {
	tokens, err := s.calendarTokens()
	if err != nil {
		s.Report(err) // and nobody is admitted
	}
	given := sha256.Sum256([]byte(r.PathValue("token")))
	admitted := 0
	for _, token := range tokens {
		own := sha256.Sum256([]byte(token)) // equal lengths: the time tells nothing
		admitted |= subtle.ConstantTimeCompare(given[:], own[:])
	}
	of := attempt{"calendar", networkOf(r)}
	right, tooMany := s.tries.check(of, r.PathValue("token"), func() bool { return admitted != 0 })
	if tooMany {
		refuseGuess(w, r)
		return
	}
	if !right || admitted == 0 { // it was right lately, and was taken away
		http.NotFound(w, r)
		return
	}
	outlook, err := s.outlookOf(r.Context(), r.FormValue("group"))
	if errors.Is(err, history.ErrNotFound) {
		http.NotFound(w, r)
		return
	}
	var b strings.Builder
	if err == nil {
		err = outlook.Calendar(&b, r.FormValue("lang"))
	}
	if err != nil {
		if r.Context().Err() == nil {
			s.Report(fmt.Errorf("answering with the calendar: %w", err)) // the address is a secret
		}
		http.Error(w, "something went wrong here; the log of tlschain says what", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	fmt.Fprint(w, b.String())
}
