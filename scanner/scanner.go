// Package scanner observes: it connects to targets and captures the
// certificate chain that each one presents, byte for byte as it was sent.
//
// All network I/O of the program is in this tree. It judges nothing and parses
// no certificate: what a peer sends is hostile until rules/cert has read it.
package scanner

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"net/url"
	"time"
)

// A Scanner holds what is the same for every target of a scan. The zero value
// is ready for use: ordinary pace, every address family, one complete
// handshake each. Its fields must not change during a scan; one Scanner may
// run several scans at once, each with limits of its own; see ShareLimits.
type Scanner struct {
	Concurrency int           // connections at once; 0 means 256
	PerHost     int           // connections at once to one address; 0 means 4, below 0 no limit; loopback has none
	Rate        float64       // connections begun a second; 0 means no limit
	Timeout     time.Duration // of a whole attempt at one address: dial, STARTTLS, handshake; 0 means 10 s
	Retries     int           // further attempts after a failure that may pass: timeout, reset, busy

	Network      string    // "ip4" or "ip6": addresses of that family only; empty means both
	AllAddresses bool      // every address of a name, not just one that answers
	Variants     []Variant // handshakes beside the default one

	Fast bool // stop each handshake after the Certificate message; without it, only where there is no other way

	ClientCertificate *tls.Certificate // shown to servers that ask; nil means none

	Addresses     map[string][]netip.Addr          // by host name, in place of what a name server would say
	Source        netip.Addr                       // where connections come from; invalid means as the system likes
	Proxy         func(*url.URL) (*url.URL, error) // the proxy for https://host:port, nil for none; nil means never one
	ProxyProtocol ProxyProtocol                    // the header that begins each connection, as a load balancer's would

	Exclude *Exclusions // hosts and addresses that no connection goes to; nil means none

	Lookup   func(ctx context.Context, network, host string) ([]netip.Addr, error)      // nil means net.DefaultResolver.LookupNetIP
	Dial     func(ctx context.Context, addr netip.AddrPort) (net.Conn, error)           // in place of TCP and proxies; nil means these
	StartTLS func(ctx context.Context, conn net.Conn, dialect, serverName string) error // nil means starttls.Upgrade
	Turn     func(ctx context.Context, addr netip.Addr) error                           // waits for a limit of the caller's; nil means none
	Now      func() time.Time                                                           // nil means time.Now

	shared *limits // of all scans; nil: each has its own
}

// ShareLimits has all scans that begin from here on hold the limits together.
// It is called once all other fields are set.
func (s *Scanner) ShareLimits() { s.shared = newLimits(s) }

// spareDescriptors is what a scan leaves to the rest of the program: lists,
// reports, name servers.
const spareDescriptors = namesAtOnce + 32

// concurrency is never more than the descriptors that there are.
func (s *Scanner) concurrency() int {
	n := s.Concurrency
	if n <= 0 {
		n = 256
	}
	if limit, ok := Descriptors(); ok {
		n = min(n, max(limit-spareDescriptors, paceFloor))
	}
	return n
}

func (s *Scanner) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return 10 * time.Second
}

func (s *Scanner) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}
