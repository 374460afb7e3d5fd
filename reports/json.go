package reports

import (
	"encoding/json"
	"io"
)

// jsonWriter writes one document as a stream: what a reader has so far is a
// valid beginning at any time, and memory does not grow with the report.
type jsonWriter struct {
	w      io.Writer
	fields *fields
	buf    []byte
	count  int
}

func newJSON(w io.Writer, o Options) (Writer, error) {
	chosen, err := chooseFields(o.Fields)
	if o.Detail == briefDetail {
		return &briefJSON{jsonWriter: jsonWriter{w: w}}, err
	}
	return &jsonWriter{w: w, fields: chosen}, err
}

func (j *jsonWriter) Begin(h Header) error {
	j.buf = append(appendHeader(append(j.buf, '{'), h), `,"endpoints":[`...)
	return j.flush()
}

// appendHeader appends the members of a header.
func appendHeader(b []byte, h Header) []byte {
	b = appendInt(append(b, `"schema_version":`...), SchemaVersion)
	b = appendText(append(b, `,"tool":{"name":`...), h.Tool.Name)
	b = append(appendText(append(b, `,"version":`...), h.Tool.Version), '}')
	b = appendTime(append(b, `,"started_at":`...), h.StartedAt)
	b = appendTime(append(b, `,"evaluated_at":`...), h.EvaluatedAt)
	b = appendTime(append(b, `,"facts_at":`...), h.FactsAt)
	b = appendList(append(b, `,"clients":`...), h.Clients, appendStringer)
	b = appendList(append(b, `,"flags":`...), h.Flags, appendStringer)
	if h.Detail != "" {
		b = appendText(append(b, `,"detail":`...), h.Detail)
	}
	return b
}

func (j *jsonWriter) Endpoint(e *Endpoint) error {
	j.next()
	var err error
	if j.buf, err = j.fields.append(j.buf, e); err != nil {
		return err
	}
	return j.flush()
}

// next begins an endpoint.
func (j *jsonWriter) next() {
	if j.count > 0 {
		j.buf = append(j.buf, ',')
	}
	j.count++
	j.buf = append(j.buf, '\n')
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
	s.Skipped = orEmpty(s.Skipped)
	s.Outlook = s.Outlook.filled()
	s.Fixes = append([]Fix{}, s.Fixes...)
	for i := range s.Fixes {
		s.Fixes[i].Targets = orEmpty(s.Fixes[i].Targets)
		s.Fixes[i].Certificates = orEmpty(s.Fixes[i].Certificates)
	}
	return s
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
