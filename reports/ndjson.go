package reports

import "io"

// ndjsonWriter writes one endpoint a line and nothing else: files can be cut,
// joined and sorted by line, and a reader has each line as soon as it is known.
type ndjsonWriter struct {
	w      io.Writer
	fields *fields
	buf    []byte
}

func newNDJSON(w io.Writer, o Options) (Writer, error) {
	chosen, err := chooseFields(o.Fields)
	if o.Detail == briefDetail {
		return &briefNDJSON{w: w}, err
	}
	return &ndjsonWriter{w: w, fields: chosen}, err
}

func (n *ndjsonWriter) Begin(Header) error { return nil }

func (n *ndjsonWriter) Endpoint(e *Endpoint) error {
	line, err := n.fields.append(n.buf[:0], e)
	if err != nil {
		return err
	}
	n.buf = append(line, '\n')
	_, err = n.w.Write(n.buf)
	return err
}

func (n *ndjsonWriter) End(Summary) error { return nil }
