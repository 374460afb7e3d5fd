package reports

import (
	"encoding/json"
	"io"
	"time"
)

// jsonWriter writes one document as a stream: what a reader has so far is a
// valid beginning at any time, and memory does not grow with the report.
type jsonWriter struct {
	w     io.Writer
	buf   []byte
	count int
}

func newJSON(w io.Writer, _ Options) (Writer, error) { return &jsonWriter{w: w}, nil }

func (j *jsonWriter) Begin(h Header) error {
	if h.Clients == nil {
		h.Clients = []string{}
	}
	h.SchemaVersion = SchemaVersion
	h.StartedAt = h.StartedAt.UTC().Truncate(time.Second)
	h.EvaluatedAt = h.EvaluatedAt.UTC().Truncate(time.Second)
	head, err := json.Marshal(h)
	if err != nil {
		return err
	}
	j.buf = append(head[:len(head)-1], `,"endpoints":[`...)
	return j.flush()
}

func (j *jsonWriter) Endpoint(e *Endpoint) error {
	if j.count > 0 {
		j.buf = append(j.buf, ',')
	}
	j.count++
	j.buf = e.AppendJSON(append(j.buf, '\n'))
	return j.flush()
}

func (j *jsonWriter) End(s Summary) error {
	tail, err := json.Marshal(s.filled())
	if err != nil {
		return err
	}
	j.buf = append(j.buf, "\n],\"summary\":"...)
	j.buf = append(append(j.buf, tail...), "}\n"...)
	return j.flush()
}

func (j *jsonWriter) flush() error {
	_, err := j.w.Write(j.buf)
	j.buf = j.buf[:0]
	return err
}

// filled replaces null arrays by empty ones.
func (s Summary) filled() Summary {
	s.Errors = orEmpty(s.Errors)
	s.Findings = orEmpty(s.Findings)
	s.Clients = orEmpty(s.Clients)
	s.Mends = append([]Mend{}, s.Mends...)
	for i := range s.Mends {
		s.Mends[i].Targets = orEmpty(s.Mends[i].Targets)
		s.Mends[i].Certificates = orEmpty(s.Mends[i].Certificates)
	}
	return s
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
