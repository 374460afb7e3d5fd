package dashboard

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// refuse answers with what went wrong: programs get a problem as RFC 9457 has it,
// people a line of text.
func refuse(w http.ResponseWriter, r *http.Request, text string, status int) {
	if !strings.HasPrefix(r.URL.Path, "/api/") {
		http.Error(w, text, status)
		return
	}
	b, err := json.Marshal(struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
	}{"about:blank", http.StatusText(status), status, text})
	if err != nil {
		http.Error(w, text, status) // there is nothing in it that can fail
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write(append(b, '\n'))
}

// onlyParameters refuses a parameter that would be passed over: a filter that was
// mistyped must not answer with everything.
func onlyParameters(r *http.Request, known []string) error {
	for name := range r.URL.Query() {
		switch {
		case slices.Contains(known, name):
		case len(known) == 0:
			return badRequest{fmt.Sprintf("there is no parameter %q here, nor any other", name)}
		default:
			return badRequest{fmt.Sprintf("there is no parameter %q; there are %s", name, strings.Join(known, ", "))}
		}
	}
	return nil
}
