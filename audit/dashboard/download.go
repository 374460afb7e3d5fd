package dashboard

import (
	"net/http"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
)

// perRead is how many endpoints are read at a time for a download.
const perRead = 400

// download sends a list of endpoints as the rows that --format csv has, all
// pages of it, as it is read.
func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	q, err := queryOf(r.URL.Query())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	q.Limit = perRead
	list, err := s.DB.Endpoints(r.Context(), q)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="endpoints.csv"`)
	rows, err := reports.New("csv", w, reports.Options{})
	if err == nil {
		err = rows.Begin(reports.Header{})
	}
	for err == nil && len(list) > 0 {
		if err = s.write(r, rows, list); err != nil || len(list) < perRead {
			break
		}
		q.After = list[len(list)-1].Next()
		list, err = s.DB.Endpoints(r.Context(), q)
	}
	if err == nil {
		err = rows.End(reports.Summary{})
	}
	if err != nil {
		if r.Context().Err() == nil {
			s.Report(err)
		}
		panic(http.ErrAbortHandler) // the reader must not take half for the whole
	}
}

// write adds endpoints to a report, in their order.
func (s *Server) write(r *http.Request, rows reports.Writer, list []history.Current) error {
	states, err := s.DB.States(r.Context(), list)
	if err != nil {
		return err
	}
	for _, c := range list {
		state := states[c.StateID]
		if state == nil {
			continue // pruned since it was listed
		}
		e, err := audit.Endpoint(c.Endpoint, *state)
		if err != nil {
			return err
		}
		if err := rows.Endpoint(&e); err != nil {
			return err
		}
	}
	return nil
}
