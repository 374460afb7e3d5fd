package reports

import (
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/tlschain/tlschain/rules"
)

// Endpoints are encoded by hand, appending to one buffer: a scan writes one
// per handshake, most of it hashes of clients' paths, and encoding/json would
// take a tenth of the handshake's time. A test holds that what is written here
// is what the struct tags of report.go read.

// MarshalJSON is AppendJSON for encoding/json.
func (e *Endpoint) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil), nil }

// AppendJSON appends the endpoint as one line of JSON without line end.
func (e *Endpoint) AppendJSON(b []byte) []byte {
	b = e.appendSeen(b)
	b = appendList(append(b, `,"chain":`...), e.Chain, Certificate.append)
	b = e.appendFindings(b, nil)
	b = appendClients(append(b, `,"clients":`...), e.Clients)
	b = e.appendBundle(b)
	b = appendList(append(b, `,"unsent":`...), e.Unsent, Unsent.append)
	return e.appendEnd(b)
}

// appendSeen appends what stands before the chain.
func (e *Endpoint) appendSeen(b []byte) []byte {
	b = appendText(append(b, `{"target":`...), e.Target)
	if e.Host != "" {
		b = appendText(append(b, `,"host":`...), e.Host)
		b = strconv.AppendUint(append(b, `,"port":`...), uint64(e.Port), 10)
	}
	b = appendText(append(b, `,"server_name":`...), e.ServerName)
	b = appendText(append(b, `,"address":`...), e.Address)
	b = appendText(append(b, `,"starttls":`...), e.STARTTLS)
	if e.Transport != "" {
		b = appendText(append(b, `,"transport":`...), string(e.Transport))
	}
	if e.PinnedTarget != "" {
		b = appendText(append(b, `,"pinned_target":`...), e.PinnedTarget)
	}
	b = appendTags(b, e.Tags)
	if e.List != nil {
		b = appendText(append(b, `,"list":{"file":`...), e.List.File)
		b = append(appendInt(append(b, `,"line":`...), e.List.Line), '}')
	}
	b = appendTime(append(b, `,"seen_at":`...), e.SeenAt)
	b = appendText(append(b, `,"status":`...), string(e.Status))
	b = e.Error.append(append(b, `,"error":`...))
	b = e.Handshake.append(append(b, `,"handshake":`...))
	if e.QUIC != nil {
		b = e.QUIC.append(append(b, `,"quic":`...))
	}
	if e.DANE != nil {
		b = e.DANE.append(append(b, `,"dane":`...))
	}
	if len(e.Revocation) > 0 {
		b = appendList(append(b, `,"revocation":`...), e.Revocation, Revocation.append)
	}
	b = e.appendSeverity(append(b, `,"severity":`...), e.Severity)
	b = e.appendSeverity(append(b, `,"presentation":`...), e.Presentation)
	b = appendText(append(b, `,"product":`...), e.Product)
	b = appendTime(append(b, `,"not_after":`...), e.NotAfter)
	b = append(b, `,"days_left":`...)
	if e.DaysLeft == nil {
		b = append(b, "null"...)
	} else {
		b = appendInt(b, *e.DaysLeft)
	}
	b = appendList(append(b, `,"dns_names":`...), e.DNSNames, appendStringer)
	return appendText(append(b, `,"issuer_organization":`...), e.IssuerOrganization)
}

// appendFindings appends what follows the chain; all is as for Finding.appendFor.
func (e *Endpoint) appendFindings(b []byte, all []string) []byte {
	b = appendList(append(b, `,"missing":`...), e.Missing, Missing.append)
	return appendList(append(b, `,"findings":`...), e.Findings, func(f Finding, b []byte) []byte { return f.appendFor(b, all) })
}

func (e *Endpoint) appendBundle(b []byte) []byte {
	b = e.BundleSHA256.AppendJSON(append(b, `,"bundle_sha256":`...))
	return appendList(append(b, `,"bundle":`...), e.Bundle, Hash.AppendJSON)
}

func (e *Endpoint) appendEnd(b []byte) []byte {
	if e.Seen != nil {
		b = appendTime(append(b, `,"seen":{"first":`...), e.Seen.First)
		b = append(appendTime(append(b, `,"last":`...), e.Seen.Last), '}')
	}
	return append(b, '}')
}

func (e *Endpoint) appendSeverity(b []byte, s rules.Severity) []byte {
	if e.Status == Failed {
		return append(b, "null"...)
	}
	return appendText(b, s.String())
}

func appendTags(b []byte, tags map[string]string) []byte {
	if len(tags) == 0 {
		return b
	}
	b = append(b, `,"tags":{`...)
	for i, k := range slices.Sorted(maps.Keys(tags)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(append(appendText(b, k), ':'), tags[k])
	}
	return append(b, '}')
}

func (e *Error) append(b []byte) []byte {
	if e == nil {
		return append(b, "null"...)
	}
	b = appendText(append(b, `{"code":`...), e.Code)
	b = appendText(append(b, `,"message":`...), e.Message)
	return append(b, '}')
}

func (h *Handshake) append(b []byte) []byte {
	if h == nil {
		return append(b, "null"...)
	}
	b = appendText(append(b, `{"tls_version":`...), h.TLSVersion)
	b = appendText(append(b, `,"cipher_suite":`...), h.CipherSuite)
	b = strconv.AppendBool(append(b, `,"complete":`...), h.Complete)
	b = strconv.AppendFloat(append(b, `,"duration_ms":`...), h.DurationMS, 'f', -1, 64)
	if h.ALPN != "" {
		b = appendText(append(b, `,"alpn":`...), h.ALPN)
	}
	if h.Staple != nil {
		b = h.Staple.append(append(b, `,"staple":`...))
	}
	if h.ClientAsked {
		b = append(b, `,"client_asked":true`...)
	}
	b = appendOptional(b, `,"client_ca":`, h.ClientCA)
	return append(b, '}')
}

func (s *Staple) append(b []byte) []byte {
	b = appendText(append(b, `{"status":`...), string(s.Status))
	b = appendTime(append(b, `,"this_update":`...), s.ThisUpdate)
	b = appendTime(append(b, `,"next_update":`...), s.NextUpdate)
	if s.Fault != "" {
		b = appendText(append(b, `,"fault":`...), s.Fault)
	}
	return append(b, '}')
}

func (q *QUIC) append(b []byte) []byte {
	b = appendText(append(b, `{"status":`...), string(q.Status))
	b = q.Error.append(append(b, `,"error":`...))
	b = q.Handshake.append(append(b, `,"handshake":`...))
	b = appendList(append(b, `,"chain":`...), q.Chain, Hash.AppendJSON)
	return append(b, '}')
}

func (d *DANE) append(b []byte) []byte {
	b = appendText(append(b, `{"name":`...), d.Name)
	b = appendText(append(b, `,"resolver":`...), d.Resolver)
	b = strconv.AppendBool(append(b, `,"authenticated":`...), d.Authenticated)
	if d.Error != "" {
		b = appendText(append(b, `,"error":`...), d.Error)
	}
	b = appendList(append(b, `,"records":`...), d.Records, TLSA.append)
	if d.More > 0 {
		b = appendInt(append(b, `,"more":`...), d.More)
	}
	return append(b, '}')
}

func (r TLSA) append(b []byte) []byte {
	b = appendInt(append(b, `{"usage":`...), r.Usage)
	b = appendInt(append(b, `,"selector":`...), r.Selector)
	b = appendInt(append(b, `,"matching_type":`...), r.MatchingType)
	b = appendText(append(b, `,"data":`...), r.Data)
	b = appendText(append(b, `,"state":`...), string(r.State))
	if b = append(b, `,"position":`...); r.Position == nil {
		return append(b, "null}"...)
	}
	return append(appendInt(b, *r.Position), '}')
}

func (c Certificate) append(b []byte) []byte {
	b = appendInt(append(b, `{"position":`...), c.Position)
	b = appendText(append(b, `,"role":`...), string(c.Role))
	return c.describe(append(b, ','))
}

// describe appends what is so wherever the certificate is presented.
func (c Certificate) describe(b []byte) []byte {
	b = appendText(append(b, `"subject":`...), c.Subject)
	b = appendText(append(b, `,"issuer":`...), c.Issuer)
	b = appendText(append(b, `,"serial":`...), c.Serial)
	b = c.SHA256.AppendJSON(append(b, `,"sha256":`...))
	b = c.SPKISHA256.AppendJSON(append(b, `,"spki_sha256":`...))
	b = appendTime(append(b, `,"not_before":`...), c.NotBefore)
	b = appendTime(append(b, `,"not_after":`...), c.NotAfter)
	b = appendText(append(b, `,"key":`...), c.Key)
	b = appendText(append(b, `,"signature_algorithm":`...), c.SignatureAlgorithm)
	b = appendInt(append(b, `,"size":`...), c.Size)
	b = appendList(append(b, `,"deviations":`...), c.Deviations, appendStringer)
	b = appendOptional(b, `,"key_usage":`, c.KeyUsage)
	b = appendOptional(b, `,"ext_key_usage":`, c.ExtKeyUsage)
	b = appendOptional(b, `,"policies":`, c.Policies)
	b = appendOptional(b, `,"aia_urls":`, c.AIAURLs)
	b = appendOptional(b, `,"ocsp_urls":`, c.OCSPURLs)
	b = appendOptional(b, `,"crl_urls":`, c.CRLURLs)
	if c.PEM != "" {
		b = appendText(append(b, `,"pem":`...), c.PEM)
	}
	return append(b, '}')
}

func (m Missing) append(b []byte) []byte {
	b = appendInt(append(b, `{"after":`...), m.After)
	b = appendText(append(b, `,"subject":`...), m.Subject)
	b = appendText(append(b, `,"issuer":`...), m.Issuer)
	b = m.SHA256.AppendJSON(append(b, `,"sha256":`...))
	b = appendTime(append(b, `,"not_after":`...), m.NotAfter)
	b = appendText(append(b, `,"aia_url":`...), m.AIAURL)
	b = appendText(append(b, `,"source":`...), m.Source)
	return append(b, '}')
}

// appendFor appends the finding and leaves out the clients if they are all there are; nil: never.
func (f Finding) appendFor(b []byte, all []string) []byte {
	b = appendText(append(b, `{"rule":`...), f.Rule)
	b = appendText(append(b, `,"severity":`...), f.Severity.String())
	b = appendList(append(b, `,"positions":`...), f.Positions, func(n int, b []byte) []byte { return appendInt(b, n) })
	b = appendText(append(b, `,"message":`...), f.Message)
	b = appendText(append(b, `,"fix":`...), f.Fix)
	if all == nil || !slices.Equal(f.Clients, all) {
		b = appendList(append(b, `,"clients":`...), f.Clients, appendStringer)
	}
	if f.Variant != "" {
		b = appendText(append(b, `,"variant":`...), f.Variant)
	}
	b = strconv.AppendBool(append(b, `,"waived":`...), f.Waived)
	if f.Waiver != nil {
		b = appendText(append(b, `,"waiver":{"reason":`...), f.Waiver.Reason)
		b = appendTime(append(b, `,"expires":`...), f.Waiver.Expires)
		if f.Waiver.Owner != "" {
			b = appendText(append(b, `,"owner":`...), f.Waiver.Owner)
		}
		if f.Waiver.Ticket != "" {
			b = appendText(append(b, `,"ticket":`...), f.Waiver.Ticket)
		}
		b = append(b, '}')
	}
	if a := f.Authority; a != nil {
		b = appendText(append(b, `,"authority":{"subject":`...), a.Subject)
		b = a.SPKISHA256.AppendJSON(append(b, `,"spki_sha256":`...))
		b = append(strconv.AppendBool(append(b, `,"known":`...), a.Known), '}')
	}
	return append(b, '}')
}

// appendClients makes use of that most clients say the same of a chain: what
// follows the client's name is then copied from the one before.
func appendClients(b []byte, list []Client) []byte {
	b = append(b, '[')
	from, to := 0, 0 // the last verdict without its name
	for i := range list {
		c := &list[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(append(b, `{"client":`...), c.Client)
		if i > 0 && c.same(&list[i-1]) {
			b = append(b, b[from:to]...)
			continue
		}
		from = len(b)
		b = c.appendVerdict(append(b, ','))
		b = append(appendList(append(b, `,"path":`...), c.Path, Hash.AppendJSON), '}')
		to = len(b)
	}
	return append(b, ']')
}

// appendVerdict appends what the client makes of the chain, but for the path.
func (c *Client) appendVerdict(b []byte) []byte {
	b = strconv.AppendBool(append(b, `"accepted":`...), c.Accepted)
	b = appendName(append(b, `,"by":`...), c.By)
	b = appendText(append(b, `,"reason":`...), c.Reason)
	return appendName(append(b, `,"reason_code":`...), c.ReasonCode)
}

// appendName appends a word of ours, or null where there is none.
func appendName[T ~string](b []byte, name T) []byte {
	if name == "" {
		return append(b, "null"...)
	}
	return appendText(b, string(name))
}

// same reports whether two clients say the same of a chain.
func (c *Client) same(d *Client) bool {
	return c.Accepted == d.Accepted && c.By == d.By && c.Reason == d.Reason && c.ReasonCode == d.ReasonCode && slices.Equal(c.Path, d.Path)
}

func (u Unsent) append(b []byte) []byte {
	b = u.SHA256.AppendJSON(append(b, `{"sha256":`...))
	b = u.SPKISHA256.AppendJSON(append(b, `,"spki_sha256":`...))
	b = appendText(append(b, `,"subject":`...), u.Subject)
	b = appendText(append(b, `,"issuer":`...), u.Issuer)
	b = appendTime(append(b, `,"not_after":`...), u.NotAfter)
	b = strconv.AppendBool(append(b, `,"self_issued":`...), u.SelfIssued)
	return append(b, '}')
}

func appendList[T any](b []byte, list []T, one func(T, []byte) []byte) []byte {
	b = append(b, '[')
	for i, item := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(item, b)
	}
	return append(b, ']')
}

// appendOptional leaves out a list that is empty.
func appendOptional(b []byte, key string, list []string) []byte {
	if len(list) == 0 {
		return b
	}
	return appendList(append(b, key...), list, appendStringer)
}

func appendStringer[T ~string](s T, b []byte) []byte { return appendText(b, string(s)) }

func appendInt(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }

func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, "null"...)
	}
	return append(t.UTC().AppendFormat(append(b, '"'), time.RFC3339), '"')
}

// appendText appends a JSON string. Cleaned text needs no more than quotes and
// backslashes escaped; anything else that JSON forbids is made harmless here
// all the same, so that no field can ever break the document.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := verbatim(s); i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			if r, size := utf8.DecodeRuneInString(s[i:]); r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		b = append(b, s[start:i]...)
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		default:
			b = append(b, "\ufffd"...)
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

// verbatim gives a number of bytes at the start of s that JSON has as they are,
// in whole words of eight.
func verbatim(s string) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	below := func(w uint64, c byte) uint64 { return (w - ones*uint64(c)) & ^w } // the high bit of each byte of ASCII that is less than c
	n := 0
	for ; n+8 <= len(s); n += 8 {
		w := uint64(s[n]) | uint64(s[n+1])<<8 | uint64(s[n+2])<<16 | uint64(s[n+3])<<24 |
			uint64(s[n+4])<<32 | uint64(s[n+5])<<40 | uint64(s[n+6])<<48 | uint64(s[n+7])<<56
		if (w|below(w, ' ')|below(w^ones*'"', 1)|below(w^ones*'\\', 1))&high != 0 {
			break
		}
	}
	return n
}
