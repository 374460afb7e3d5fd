package reports

import (
	"encoding/json"
	"io"
	"slices"

	"github.com/tlschain/tlschain/rules/client"
)

// briefDetail is the value of --detail, and of a header's detail, that has what many
// endpoints share written once.
const briefDetail = "brief"

// ruleCases is the value of --detail that gives JUnit a test case for each rule.
const ruleCases = "rules"

// details are the names of --detail.
func details() []string { return []string{"full", briefDetail, ruleCases} }

// A briefEndpoint is an endpoint of a brief report. What is tagged brief:"-" in
// [Endpoint] stands in the fields here instead; of chain there are position, role
// and hash. Reading takes full ones, too.
type briefEndpoint struct {
	Endpoint
	Verdicts []briefVerdict `json:"verdicts" doc:"what clients make of the chain: first the verdict of most of them, then those that differ"`
	Paths    [][]Hash       `json:"paths" doc:"each path that a verdict names, once: SHA-256s, leaf to anchor; rejected: as far as it came"`
	Unsent   []Hash         `json:"unsent_sha256" doc:"certificates that paths and the bundle hold and the server did not send; each is described once in the report"`
}

// A briefVerdict is what some clients make of a chain, all the same.
type briefVerdict struct {
	Clients  []string    `json:"clients,omitempty" doc:"ids of the clients; absent: all of the header's that no other verdict names"`
	Accepted bool        `json:"accepted" doc:"as in a full report"`
	By       client.By   `json:"by" null:"yes" enum:"presented,aia,preload" doc:"as in a full report"`
	Reason   string      `json:"reason" doc:"in words that a person can act on"`
	Code     client.Code `json:"reason_code" null:"yes" doc:"the kind of fault for which they reject; null when accepted"`
	Path     int         `json:"path" doc:"index into paths"`
}

// A briefLine is a line of brief NDJSON: one of these, or an endpoint.
type briefLine struct {
	briefEndpoint
	Report      *Header      `json:"report" doc:"the first line: what a document says before its endpoints"`
	Certificate *Certificate `json:"certificate" doc:"a presented certificate, before the first endpoint that has it"`
	Described   *Unsent      `json:"unsent_certificate" doc:"a certificate that was not sent, before the first endpoint that mentions it"`
	Summary     *Summary     `json:"summary" doc:"the last line, of a report that has come to its end"`
}

// maxOnce bounds how many certificates are remembered as written: then they are
// all forgotten, and may be written again. A line that comes twice does no harm.
const maxOnce = 1 << 20

// A brief encodes endpoints and notes the certificates to describe.
type brief struct {
	clients []string // of the header
	all     []string // the same by name, as findings have them; nil: there are none
	written map[Hash]uint8
	of      []int // scratch: by client, the verdict
	first   []int // scratch: by verdict, the first client
	count   []int // scratch: by verdict
	paths   []int // scratch: by path, the first client
}

// What was described of a certificate.
const (
	asSent   = 1
	asUnsent = 2
)

func newBrief(h Header) *brief {
	return &brief{clients: h.Clients, all: byName(h.Clients), written: map[Hash]uint8{}}
}

// byName gives the clients in the order in which findings list them.
func byName(clients []string) []string { return slices.Sorted(slices.Values(clients)) }

// fresh notes that a certificate is described, and reports whether it was not.
func (b *brief) fresh(h Hash, as uint8) bool {
	was := b.written[h]
	if was&as != 0 {
		return false
	}
	if len(b.written) >= maxOnce {
		clear(b.written)
	}
	b.written[h] = was | as
	return true
}

func (b *brief) append(out []byte, e *Endpoint) []byte {
	out = e.appendSeen(out)
	out = appendList(append(out, `,"chain":`...), e.Chain, func(c Certificate, out []byte) []byte {
		out = appendInt(append(out, `{"position":`...), c.Position)
		out = appendText(append(out, `,"role":`...), string(c.Role))
		return append(c.SHA256.AppendJSON(append(out, `,"sha256":`...)), '}')
	})
	out = e.appendFindings(out, b.all)
	out = b.verdicts(out, e)
	out = e.appendBundle(out)
	out = appendList(append(out, `,"unsent_sha256":`...), e.Unsent, func(u Unsent, out []byte) []byte { return u.SHA256.AppendJSON(out) })
	return e.appendEnd(out)
}

// group sorts clients by verdict, and gives the verdict that most have; -1: the
// endpoint was judged by other clients than the header's, and each stands alone.
func (b *brief) group(list []Client) (most int) {
	b.of, b.first, b.count = b.of[:0], b.first[:0], b.count[:0]
	ours := len(list) == len(b.clients)
	for i := range list {
		ours = ours && list[i].Client == b.clients[i]
	}
	for i := range list {
		v := len(b.first)
		if ours {
			for j, first := range b.first {
				if list[i].same(&list[first]) {
					v = j
					break
				}
			}
		}
		if v == len(b.first) {
			b.first, b.count = append(b.first, i), append(b.count, 0)
		}
		b.of = append(b.of, v)
		b.count[v]++
	}
	if !ours {
		return -1
	}
	for v, n := range b.count {
		if n > b.count[most] {
			most = v
		}
	}
	return most
}

func (b *brief) verdicts(out []byte, e *Endpoint) []byte {
	most := b.group(e.Clients)
	b.paths = b.paths[:0]
	out = append(out, `,"verdicts":[`...)
	begun := false
	write := func(v int) {
		c := &e.Clients[b.first[v]]
		if begun {
			out = append(out, ',')
		}
		begun = true
		out = append(out, '{')
		if v != most {
			out = append(out, `"clients":[`...)
			for i, n := b.first[v], 0; n < b.count[v]; i++ {
				if b.of[i] != v {
					continue
				}
				if n > 0 {
					out = append(out, ',')
				}
				out = appendText(out, e.Clients[i].Client)
				n++
			}
			out = append(out, "],"...)
		}
		out = c.appendVerdict(out)
		out = append(appendInt(append(out, `,"path":`...), b.path(e, b.first[v])), '}')
	}
	if most >= 0 && most < len(b.first) {
		write(most)
	}
	for v := range b.first {
		if v != most {
			write(v)
		}
	}
	out = append(out, `],"paths":[`...)
	for i, c := range b.paths {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendList(out, e.Clients[c].Path, Hash.AppendJSON)
	}
	return append(out, ']')
}

// path numbers the path of a client.
func (b *brief) path(e *Endpoint, client int) int {
	for i, other := range b.paths {
		if slices.Equal(e.Clients[other].Path, e.Clients[client].Path) {
			return i
		}
	}
	b.paths = append(b.paths, client)
	return len(b.paths) - 1
}

// briefNDJSON writes, beside a line for each endpoint, the header first, each
// certificate before its first use, and the summary last.
type briefNDJSON struct {
	w   io.Writer
	buf []byte
	*brief
}

func (n *briefNDJSON) Begin(h Header) error {
	h.SchemaVersion, h.Detail = SchemaVersion, briefDetail
	n.brief = newBrief(h)
	n.buf = append(appendHeader(append(n.buf[:0], `{"report":{`...), h), "}}\n"...)
	_, err := n.w.Write(n.buf)
	return err
}

func (n *briefNDJSON) Endpoint(e *Endpoint) error {
	b := n.buf[:0]
	for i := range e.Chain {
		if n.fresh(e.Chain[i].SHA256, asSent) {
			b = append(e.Chain[i].describe(append(b, `{"certificate":{`...)), "}\n"...)
		}
	}
	for i := range e.Unsent {
		if n.fresh(e.Unsent[i].SHA256, asUnsent) {
			b = append(e.Unsent[i].append(append(b, `{"unsent_certificate":`...)), "}\n"...)
		}
	}
	n.buf = append(n.append(b, e), '\n')
	_, err := n.w.Write(n.buf)
	return err
}

func (n *briefNDJSON) End(s Summary) error {
	data, err := json.Marshal(s.filled())
	if err != nil {
		return err
	}
	n.buf = append(append(append(n.buf[:0], `{"summary":`...), data...), "}\n"...)
	_, err = n.w.Write(n.buf)
	return err
}

// briefJSON is a document whose certificates stand at its end: it holds them
// until then, some 600 bytes for each.
type briefJSON struct {
	jsonWriter
	*brief
	sent, unsent []byte
}

func (j *briefJSON) Begin(h Header) error {
	h.Detail = briefDetail
	j.brief = newBrief(h)
	return j.jsonWriter.Begin(h)
}

func (j *briefJSON) Endpoint(e *Endpoint) error {
	for i := range e.Chain {
		if j.fresh(e.Chain[i].SHA256, asSent) {
			j.sent = e.Chain[i].describe(append(comma(j.sent), '{'))
		}
	}
	for i := range e.Unsent {
		if j.fresh(e.Unsent[i].SHA256, asUnsent) {
			j.unsent = e.Unsent[i].append(comma(j.unsent))
		}
	}
	j.next()
	j.buf = j.append(j.buf, e)
	return j.flush()
}

func comma(b []byte) []byte {
	if len(b) > 0 {
		b = append(b, ",\n"...)
	}
	return b
}

func (j *briefJSON) End(s Summary) error {
	j.buf = append(append(j.buf, "\n],\"certificates\":[\n"...), j.sent...)
	j.buf = append(append(j.buf, "\n],\"unsent_certificates\":[\n"...), j.unsent...)
	return j.jsonWriter.End(s)
}
