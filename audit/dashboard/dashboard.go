// Package dashboard shows the history of audits: pages for people, /metrics for
// Prometheus, /api/v1 for programs, /healthz for whoever restarts things.
//
// It only reads. Pages are made on the server and need no script, no cookie and
// no network but this server. Every list is read a page at a time, so that a
// group of 100,000 endpoints is as quick as one of ten. All text that comes from
// certificates, servers or addresses has been cleaned before it was stored and
// is escaped here.
package dashboard

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tlschain/tlschain"
	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
)

// A Server answers requests from one history.
type Server struct {
	Config  *audit.Config
	DB      *history.DB
	Now     func() time.Time
	Version string
	Running func(group string) bool                             // says that this process audits the group just now; nil: none
	Waiting func(context.Context) (map[string]time.Time, error) // since when groups wait for a worker of their zone; nil: none does
	Health  func() error                                        // says what is wrong with this process; nil: nothing
	Getenv  func(string) string                                 // for secrets
	Report  func(error)
	Env     func(time.Time) tlschain.Env // what is judged by, for the outlook; nil: what is compiled in

	pages      map[string]*template.Template
	tries      *guesses
	newsroom   newsroom
	outlooks   outlooks
	waiverRoom waiverRoom
}

//go:embed pages
var files embed.FS

var pageNames = [...]string{"overview", "group", "endpoints", "endpoint", "audits", "audit", "diff", "rules", "rule", "outlook", "waivers"}

// Handler makes the handler of all addresses, with authentication and safety
// headers. Its error is a secret that cannot be read.
func (s *Server) Handler() (http.Handler, error) {
	s.pages, s.tries = map[string]*template.Template{}, newGuesses()
	for _, name := range pageNames {
		t, err := template.New("base.html").Funcs(s.functions()).ParseFS(files, "pages/base.html", "pages/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("reading the page %s: %w", name, err)
		}
		s.pages[name] = t
	}
	guard, err := s.newGuard()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	page := func(pattern string, f func(*http.Request) (string, any, error)) {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) { s.page(w, r, f) })
	}
	page("/{$}", s.overview)
	page("/groups/{group}", s.group)
	page("/endpoints", s.endpoints)
	page("/endpoints/{id}", s.endpoint)
	mux.HandleFunc("GET /endpoints.csv", s.download)
	page("/audits", s.audits)
	page("/audits/{id}", s.audit)
	page("/diff", s.diff)
	page("/outlook", s.outlook)
	page("/rules", s.rules)
	page("/rules/{rule}", s.rule)
	page("/waivers", s.waivers)
	mux.HandleFunc("GET /endpoints/{id}/bundle.pem", s.bundle)
	mux.HandleFunc("GET /mends/{bundle}/issuers.pem", s.issuers)
	mux.HandleFunc("GET /static/{name}", s.static)
	mux.Handle("GET /metrics", s.metrics())
	s.api(mux)
	outer := http.NewServeMux()
	outer.HandleFunc("GET /healthz", s.healthz)
	if !s.Config.Serve.Calendar.IsZero() {
		if _, err := s.calendarTokens(); err != nil {
			return nil, err
		}
		outer.HandleFunc("GET /calendar/{token}/outlook.ics", s.calendar)
	}
	outer.Handle("/", guard.wrap(mux))
	return safe(outer), nil
}

// page renders a page whole before the first byte of it is sent.
func (s *Server) page(w http.ResponseWriter, r *http.Request, f func(*http.Request) (string, any, error)) {
	name, data, err := f(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var b bytes.Buffer
	if err := s.pages[name].Execute(&b, data); err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	b.WriteTo(w)
}

// A badRequest is the visitor's mistake.
type badRequest struct{ text string }

func (e badRequest) Error() string { return e.text }

// fail answers with what went wrong; what is our own fault is reported and kept
// from the visitor.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var bad badRequest
	switch {
	case errors.Is(err, history.ErrNotFound):
		refuse(w, r, "not found", http.StatusNotFound)
	case errors.As(err, &bad):
		refuse(w, r, bad.text, http.StatusBadRequest)
	case r.Context().Err() != nil: // the visitor left: a database calls that an interruption, and not context.Canceled
	default:
		s.Report(fmt.Errorf("answering %s: %w", r.URL.Path, err))
		refuse(w, r, "something went wrong here; the log of tlschain says what", http.StatusInternalServerError)
	}
}

func (s *Server) healthz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	err := s.DB.Ping(ctx)
	if err == nil && s.Health != nil {
		err = s.Health()
	}
	if err != nil {
		if r.Context().Err() == nil {
			s.Report(err)
		}
		http.Error(w, "not well", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "ok")
}

// static sends what pages are made with.
func (s *Server) static(w http.ResponseWriter, r *http.Request) {
	text, kind := "", "text/css; charset=utf-8"
	switch name := r.PathValue("name"); name {
	case "report.css":
		text = reports.StyleSheet()
	case "style.css", "icon.svg":
		b, err := files.ReadFile("pages/" + name)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if text = string(b); name == "icon.svg" {
			kind = "image/svg+xml"
		}
	default:
		s.fail(w, r, history.ErrNotFound)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "max-age=3600")
	io.WriteString(w, text)
}

// functions are what templates may call.
func (s *Server) functions() template.FuncMap {
	return template.FuncMap{
		"severity": severity,
		"time":     stamp,
		"date":     func(t time.Time) string { return format(t, time.DateOnly) },
		"clock":    func(t time.Time) string { return format(t, "15:04 MST") },
		"until":    func(t time.Time) string { return until(s.Now(), t) },
		"words":    strings.Fields,
		"tags":     tags,
		"kind":     kindWords,
		"differ":   differences,
		"prose":    prose,
		"short":    reports.ShortName,
		"few":      few,

		"turnclass": turnClass,
		"leafend":   func(k rules.TurnKind) bool { return k == rules.LeafEnds },
		"turntitle": func(k rules.TurnKind) string { return k.Title("en") },
		"first":     func(all []reports.TurnEndpoint) []reports.TurnEndpoint { return all[:min(len(all), maxTurnNames)] },
		"more":      func(all []reports.TurnEndpoint) int { return max(0, len(all)-maxTurnNames) },
		"summary":   audit.SummaryOf,
		"version":   func() string { return s.Version },
	}
}
