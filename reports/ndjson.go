package reports

import "io"

// ndjsonWriter writes one endpoint a line and nothing else: files can be cut,
// joined and sorted by line, and a reader has each line as soon as it is known.
type ndjsonWriter struct {
	w   io.Writer
	buf []byte
}

func newNDJSON(w io.Writer, _ Options) (Writer, error) { return &ndjsonWriter{w: w}, nil }

func (n *ndjsonWriter) Begin(Header) error { return nil }

func (n *ndjsonWriter) Endpoint(e *Endpoint) error {
	n.buf = append(e.AppendJSON(n.buf[:0]), '\n')
	_, err := n.w.Write(n.buf)
	return err
}

func (n *ndjsonWriter) End(Summary) error { return nil }
