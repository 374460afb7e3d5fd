package aia

import (
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

// get asks the network, whatever is remembered.
func (f *Fetcher) get(ctx context.Context, rawURL string) Result {
	limit := f.Timeout
	if limit == 0 {
		limit = maxTime
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	body, failure := f.body(ctx, rawURL)
	if failure != nil {
		return Result{URL: rawURL, Failure: failure}
	}
	certs, failure := Decode(body)
	return Result{URL: rawURL, Certs: certs, Failure: failure}
}

func (f *Fetcher) body(ctx context.Context, rawURL string) ([]byte, *Failure) {
	if failure := f.checkURL(rawURL); failure != nil {
		return nil, failure
	}
	transport := &http.Transport{
		DialContext:            f.dial,
		DisableKeepAlives:      true, // one connection a request: none outlives it, each is checked
		DisableCompression:     true, // no body that swells
		MaxResponseHeaderBytes: maxHeader,
	}
	if f.Proxy != nil {
		transport.Proxy = http.ProxyURL(f.Proxy)
		transport.DialContext = (&net.Dialer{}).DialContext // the user's own proxy needs no leave
	}
	client := &http.Client{Transport: transport, CheckRedirect: f.checkRedirect}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, rawURL, nil)
	if err != nil {
		return nil, failed(BadURL, "the URL cannot be read")
	}
	request.Header.Set("User-Agent", "tlschain")
	request.Header.Set("Accept", "application/pkix-cert, application/pkcs7-mime, */*")
	response, err := client.Do(request)
	if err != nil {
		return nil, explain(ctx, err)
	}
	defer response.Body.Close()
	switch {
	case response.StatusCode != http.StatusOK:
		return nil, failed(Status, "the server answers %d", response.StatusCode)
	case response.ContentLength > maxBody:
		return nil, failed(TooLarge, "the answer has %d bytes, and no certificate has over %d", response.ContentLength, maxBody)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, explain(ctx, err)
	case len(body) > maxBody:
		return nil, failed(TooLarge, "the answer has more than %d bytes, and no certificate has so many", maxBody)
	}
	return body, nil
}

// checkURL refuses what is not worth a connection.
func (f *Fetcher) checkURL(rawURL string) *Failure {
	u, err := url.Parse(rawURL)
	switch {
	case err != nil:
		return failed(BadURL, "the URL cannot be read")
	case !strings.EqualFold(u.Scheme, "http"):
		return failed(BadURL, "only http is fetched, not %q", u.Scheme)
	case u.Hostname() == "" || u.User != nil || len(rawURL) > maxURL:
		return failed(BadURL, "the URL has no host, or more in it than a host and a path")
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && f.Proxy != nil && !f.permits(a) {
		return failed(Address, "%s is not of the public Internet", a)
	}
	return nil
}

func (f *Fetcher) checkRedirect(next *http.Request, before []*http.Request) error {
	if len(before) > maxRedirects {
		return failed(Redirect, "more than %d redirects", maxRedirects)
	}
	for _, r := range before {
		if r.URL.String() == next.URL.String() {
			return failed(Redirect, "the redirects go round in a loop")
		}
	}
	if failure := f.checkURL(next.URL.String()); failure != nil {
		if failure.Code == BadURL {
			failure = failed(Redirect, "a redirect leaves http: %s", failure.Message)
		}
		return failure
	}
	return nil
}

// dial resolves, checks, and connects to the very address that was checked: a
// name that resolves to another address a moment later (DNS rebinding) gains
// nothing by it.
func (f *Fetcher) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, failed(BadURL, "the URL's port cannot be read")
	}
	addrs, failure := f.addresses(ctx, host)
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
		return failed(Canceled, "interrupted")
	case ctx.Err() != nil, errors.As(err, &timeout) && timeout.Timeout():
		return failed(Timeout, "no whole answer in time")
	}
	return failed(Connect, "the server cannot be reached, or speaks no HTTP")
}
