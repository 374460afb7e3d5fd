package dashboard

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

// A corrected file is what an endpoint should send: the leaf, then what belongs
// after it. It is what tlschain fix writes, if all bytes are at hand.
type corrected struct {
	Hashes  []history.Hash // empty: nothing needs fixing, or no fix is known
	Lacking []lacking      // certificates whose bytes nobody sent or fetched yet
	Command string         // that gets the file otherwise
	der     map[history.Hash][]byte
}

// A lacking certificate is known by facts only.
type lacking struct{ Subject, SHA256, URL string }

func (c corrected) Ready() bool { return len(c.Hashes) > 0 && len(c.Lacking) == 0 }

func (s *Server) fixOf(ctx context.Context, who history.Ref, e *reports.Endpoint) (c corrected, err error) {
	c.Hashes = bundleOf(e)
	if c.der, err = s.DB.DER(ctx, c.Hashes); err != nil {
		return c, err
	}
	for _, h := range c.Hashes {
		if c.der[h] != nil {
			continue
		}
		l := lacking{SHA256: h.String()}
		if known := e.Find(h); known != nil {
			l.Subject = known.Subject
		}
		for _, m := range e.Missing {
			if m.SHA256 == h {
				l.URL = m.AIAURL
			}
		}
		c.Lacking = append(c.Lacking, l)
	}
	c.Command = s.Config.FixCommand(who, "--aia")
	return c, nil
}

// bundleOf names the certificates of the corrected file. nil when nothing needs
// fixing, or no fix is known.
func bundleOf(e *reports.Endpoint) (hashes []history.Hash) {
	for _, c := range e.Chain {
		if c.Role == "leaf" {
			hashes = append(hashes, c.SHA256)
		}
	}
	if len(hashes) != 1 || e.BundleSHA256.IsZero() {
		return nil
	}
	hashes = append(hashes, e.Bundle...)
	presented := make([]history.Hash, len(e.Chain))
	for i, c := range e.Chain {
		presented[i] = c.SHA256
	}
	if slices.Equal(hashes, presented) {
		return nil
	}
	return hashes
}

var (
	errNoFile = errors.New("the corrected file is not at hand")
	errNoFix  = errors.New("nothing needs fixing, or no fix is known")
)

// notAtHand says what to type for an endpoint whose corrected file, or a part of
// it, has not been seen.
func notAtHand(command string) error {
	return fmt.Errorf("%w; this fetches what it lacks and writes it:\n%s", errNoFile, command)
}

// bundle sends the corrected file of an endpoint.
func (s *Server) bundle(w http.ResponseWriter, r *http.Request) {
	current, e, err := s.present(r)
	var c corrected
	if err == nil {
		c, err = s.fixOf(r.Context(), current.Endpoint, &e)
	}
	switch {
	case err != nil:
	case len(c.Hashes) == 0:
		err = errNoFix
	case !c.Ready():
		err = notAtHand(c.Command)
	}
	if err != nil {
		s.failFile(w, r, err)
		return
	}
	ders := make([][]byte, len(c.Hashes))
	for i, h := range c.Hashes {
		ders[i] = c.der[h]
	}
	sendPEM(w, fileName(e.ServerName, e.Host)+".fullchain.pem", ders)
}

// issuers sends what belongs after the leaf, the same for all that need a fix.
func (s *Server) issuers(w http.ResponseWriter, r *http.Request) {
	var h reports.Hash
	if err := h.UnmarshalText([]byte(r.PathValue("bundle"))); err != nil || h.IsZero() {
		s.fail(w, r, history.ErrNotFound)
		return
	}
	ders, err := s.DB.Bundle(r.Context(), h)
	if err == nil && len(ders) == 0 {
		err = s.noIssuers(r.Context(), h)
	}
	if err != nil {
		s.failFile(w, r, err)
		return
	}
	sendPEM(w, "issuers-"+h.Short()+".pem", ders)
}

// noIssuers says how to get what belongs after the leaf of the endpoints that have
// a fix, for one of them.
func (s *Server) noIssuers(ctx context.Context, bundle history.Hash) error {
	page, err := s.DB.Endpoints(ctx, history.Query{Bundle: bundle, Limit: 1})
	if err != nil {
		return err
	}
	if len(page) == 0 {
		return errNoFix
	}
	return notAtHand(s.Config.FixCommand(page[0].Endpoint, "--aia"))
}

func (s *Server) failFile(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, errNoFile) || errors.Is(err, errNoFix) {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	s.fail(w, r, err)
}

func sendPEM(w http.ResponseWriter, name string, ders [][]byte) {
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, name))
	for _, der := range ders {
		pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
}

// fileName is the first name that is usable, with nothing in it but what is
// harmless in a header and on a disk.
func fileName(names ...string) string {
	for _, name := range names {
		name = strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' {
				return r
			}
			return '_'
		}, name)
		if name = strings.Trim(name[:min(len(name), 100)], "._"); name != "" {
			return name
		}
	}
	return "endpoint"
}
