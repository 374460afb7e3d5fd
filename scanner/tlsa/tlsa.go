// Package tlsa looks up what DNS says of a server's certificates (DANE, RFC
// 6698), through one resolver that the user names and trusts to validate
// DNSSEC: it validates nothing itself.
//
// Answers are hostile: their size, their records and the time for one question
// are bounded. What the world does wrong is in the [Answer], never an error.
package tlsa

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

const (
	// maxRecords bounds the records of one name that are kept; honest names
	// have one to six.
	maxRecords = 64
	// maxData bounds the data of one record: the longest honest one is a whole
	// certificate.
	maxData = 16 << 10
	// maxTime is for one question, by UDP and then by TCP.
	maxTime = 5 * time.Second
	// maxKept bounds the answers that are remembered.
	maxKept = 10_000
	// maxHosts bounds the mail servers of one domain.
	maxHosts = 16
)

// A Record is one TLSA record (RFC 6698 section 2.1).
type Record struct {
	Usage    uint8
	Selector uint8
	Matching uint8
	Data     []byte
}

// The certificate usages (RFC 7218 section 2.1).
const (
	PKIXTA uint8 = iota
	PKIXEE
	DANETA
	DANEEE
)

func (r Record) String() string {
	return fmt.Sprintf("%d %d %d %x", r.Usage, r.Selector, r.Matching, r.Data)
}

// An Answer is what the resolver said of one server.
type Answer struct {
	Name          string // that was asked for, such as _25._tcp.mx.example.com
	Resolver      string
	Authenticated bool     // the resolver says that it validated the answer (AD, RFC 4035 section 3.2.3)
	Records       []Record // none: there are none, or Failure
	More          int      // records that were not kept
	Failure       string   // why there is no answer; empty: there is
}

// A Resolver asks one name server. It is safe for concurrent use.
type Resolver struct {
	Server netip.AddrPort

	mu    sync.Mutex
	known map[string]*answered
}

type answered struct {
	once sync.Once
	in   *dns.Msg
	err  error
}

// Lookup asks for the records of a server that listens on a port: of TCP, or of
// UDP.
func (r *Resolver) Lookup(ctx context.Context, transport, host string, port uint16) *Answer {
	a := &Answer{Name: "_" + strconv.Itoa(int(port)) + "._" + transport + "." + host, Resolver: r.Server.String()}
	in, err := r.ask(ctx, a.Name, dns.TypeTLSA)
	if err != nil {
		a.Failure = err.Error()
		return a
	}
	a.read(in)
	return a
}

// read takes from a message what it has of records.
func (a *Answer) read(in *dns.Msg) {
	a.Authenticated = in.AuthenticatedData
	for _, rr := range in.Answer {
		t, ok := rr.(*dns.TLSA)
		if !ok {
			continue
		}
		data, err := hex.DecodeString(t.Certificate)
		if err != nil || len(data) > maxData || len(a.Records) == maxRecords {
			a.More++
			continue
		}
		a.Records = append(a.Records, Record{t.Usage, t.Selector, t.MatchingType, data})
	}
	slices.SortFunc(a.Records, func(x, y Record) int { return strings.Compare(x.String(), y.String()) })
}

// MailHosts are the servers that take a domain's mail, the preferred first; none
// where it names none, and takes its mail itself.
func (r *Resolver) MailHosts(ctx context.Context, domain string) (hosts []string) {
	in, err := r.ask(ctx, domain, dns.TypeMX)
	if err != nil {
		return nil
	}
	return mailHosts(in)
}

func mailHosts(in *dns.Msg) (hosts []string) {
	var records []*dns.MX
	for _, rr := range in.Answer {
		if mx, ok := rr.(*dns.MX); ok && mx.Mx != "." && mx.Mx != "" { // of a record without data
			records = append(records, mx)
		}
	}
	slices.SortFunc(records, func(a, b *dns.MX) int {
		return cmp.Or(cmp.Compare(a.Preference, b.Preference), strings.Compare(a.Mx, b.Mx))
	})
	for _, mx := range records[:min(len(records), maxHosts)] {
		hosts = append(hosts, strings.ToLower(strings.TrimSuffix(mx.Mx, ".")))
	}
	return slices.Compact(hosts)
}

// ask puts each question once for as long as the Resolver lives.
func (r *Resolver) ask(ctx context.Context, name string, kind uint16) (*dns.Msg, error) {
	key := strconv.Itoa(int(kind)) + " " + name
	r.mu.Lock()
	if r.known == nil || len(r.known) >= maxKept {
		r.known = make(map[string]*answered)
	}
	a := r.known[key]
	if a == nil {
		a = new(answered)
		r.known[key] = a
	}
	r.mu.Unlock()
	a.once.Do(func() { a.in, a.err = r.exchange(ctx, name, kind) })
	return a.in, a.err
}

// exchange asks by UDP, and by TCP what is too long for that.
func (r *Resolver) exchange(ctx context.Context, name string, kind uint16) (*dns.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	q := new(dns.Msg)
	q.SetQuestion(dns.Fqdn(name), kind)
	q.SetEdns0(1232, true)
	q.AuthenticatedData = true // it is wanted also from those who do not send it by themselves (RFC 6840 section 5.7)
	client := dns.Client{Net: "udp", Timeout: maxTime, UDPSize: 1232}
	in, _, err := client.ExchangeContext(ctx, q, r.Server.String())
	if err == nil && in.Truncated {
		client.Net = "tcp"
		in, _, err = client.ExchangeContext(ctx, q, r.Server.String())
	}
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return nil, errors.New("the resolver does not answer")
	case err != nil:
		return nil, fmt.Errorf("asking the resolver: %w", err)
	case in.Rcode == dns.RcodeServerFailure:
		return nil, errors.New("the resolver answers SERVFAIL: the signatures are not valid, or the name server of the zone cannot be reached")
	case in.Rcode != dns.RcodeSuccess && in.Rcode != dns.RcodeNameError:
		return nil, fmt.Errorf("the resolver answers %s", dns.RcodeToString[in.Rcode])
	}
	return in, nil
}
