package fetch

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Bounds that are the same for whatever is fetched.
const (
	maxHeader    = 16 << 10         // bytes of a response's header
	maxRedirects = 3                // CAs redirect at most once, from an old host name to a new one
	maxTime      = 10 * time.Second // for one URL, with all its redirects
	small        = 1 << 20          // bytes of a body that anybody may have in memory
)

// MaxURL is how many bytes a URL may have.
const MaxURL = 2048

// A Request is what is asked for.
type Request struct {
	URL     string
	Accept  string        // media types
	Kind    string        // what it should be, for messages: "certificate"
	Limit   int64         // bytes of its body: none of its kind is larger
	Timeout time.Duration // with all redirects; 0: that of the client

	// Large is called once, before more than a MiB of a body is read. Whoever has
	// many fetches under way waits there; its error ends the fetch. Nil: go on.
	Large func(context.Context) error
}

// Get asks the network for a body.
func (c *Client) Get(ctx context.Context, r Request) ([]byte, *Failure) {
	limit := cmp.Or(r.Timeout, c.Timeout, maxTime)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if failure := c.checkURL(r.URL); failure != nil {
		return nil, failure
	}
	transport := &http.Transport{
		DialContext:            c.dial,
		DisableKeepAlives:      true, // one connection a request: none outlives it, each is checked
		DisableCompression:     true, // no body that swells
		MaxResponseHeaderBytes: maxHeader,
	}
	if c.Proxy != nil {
		transport.Proxy = http.ProxyURL(c.Proxy)
		transport.DialContext = (&net.Dialer{}).DialContext // the user's own proxy needs no leave
	}
	client := &http.Client{Transport: transport, CheckRedirect: c.checkRedirect}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return nil, Failed(BadURL, "the URL cannot be read")
	}
	request.Header.Set("User-Agent", "tlschain")
	request.Header.Set("Accept", r.Accept)
	response, err := client.Do(request)
	if err != nil {
		return nil, explain(ctx, err)
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode != http.StatusOK:
		return nil, Failed(Status, "the server answers %d", response.StatusCode)
	case response.ContentLength > r.Limit:
		return nil, Failed(TooLarge, "the answer has %d bytes, and no %s has over %d", response.ContentLength, r.Kind, r.Limit)
	}
	return r.read(ctx, response)
}

func (r *Request) read(ctx context.Context, response *http.Response) ([]byte, *Failure) {
	var body bytes.Buffer
	n, err := io.CopyN(&body, response.Body, min(r.Limit, small)+1)
	if err == nil && n <= r.Limit { // there is more, and there may be
		if r.Large != nil {
			err = r.Large(ctx)
		}
		if err == nil {
			body.Grow(int(max(0, response.ContentLength-n)) + bytes.MinRead)
			_, err = io.CopyN(&body, response.Body, r.Limit+1-n)
		}
	}
	switch {
	case err == nil:
		return nil, Failed(TooLarge, "the answer has more than %d bytes, and no %s has so many", r.Limit, r.Kind)
	case err != io.EOF:
		return nil, explain(ctx, err)
	}
	return body.Bytes(), nil
}

// checkURL refuses what is not worth a connection.
func (c *Client) checkURL(rawURL string) *Failure {
	u, err := url.Parse(rawURL)
	switch {
	case err != nil:
		return Failed(BadURL, "the URL cannot be read")
	case !strings.EqualFold(u.Scheme, "http"):
		return Failed(BadURL, "only http is fetched, not %q", u.Scheme)
	case u.Hostname() == "" || u.User != nil || len(rawURL) > MaxURL:
		return Failed(BadURL, "the URL has no host, or more in it than a host and a path")
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && c.Proxy != nil && !c.permits(a) {
		return Failed(Address, "%s is not of the public Internet", a)
	}
	return nil
}

func (c *Client) checkRedirect(next *http.Request, before []*http.Request) error {
	if len(before) > maxRedirects {
		return Failed(Redirect, "more than %d redirects", maxRedirects)
	}
	for _, r := range before {
		if r.URL.String() == next.URL.String() {
			return Failed(Redirect, "the redirects go round in a loop")
		}
	}
	if failure := c.checkURL(next.URL.String()); failure != nil {
		if failure.Code == BadURL {
			failure = Failed(Redirect, "a redirect leaves http: %s", failure.Message)
		}
		return failure
	}
	return nil
}

// dial resolves, checks, and connects to the very address that was checked: a
// name that resolves to another address a moment later (DNS rebinding) gains
// nothing by it.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, Failed(BadURL, "the URL's port cannot be read")
	}
	addrs, failure := c.addresses(ctx, host)
	if failure != nil {
		return nil, failure
	}
	var first error
	for i, a := range addrs {
		// Each address gets its share of the time that is left, so that a dead
		// one does not use up the others'.
		share := ctx
		if deadline, ok := ctx.Deadline(); ok && i < len(addrs)-1 {
			var cancel context.CancelFunc
			share, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(len(addrs)-i))
			defer cancel()
		}
		conn, err := (&net.Dialer{}).DialContext(share, network, net.JoinHostPort(a.String(), port))
		if err == nil {
			return conn, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// explain turns what net/http says into a failure. Its messages quote URLs and
// peers; ours do not.
func explain(ctx context.Context, err error) *Failure {
	var failure *Failure
	var timeout net.Error
	switch {
	case errors.As(err, &failure):
		return failure
	case errors.Is(ctx.Err(), context.Canceled):
		return Failed(Canceled, "interrupted")
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return Failed(Timeout, "no whole answer in time")
	}
	return Failed(Connect, "the server cannot be reached, or speaks no HTTP")
}
