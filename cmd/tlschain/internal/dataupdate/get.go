package dataupdate

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/tlschain/tlschain/scanner"
)

// A getter downloads files over verified connections.
type getter struct {
	client *http.Client
	now    func() time.Time
}

// maxRedirects is as many as any of the publishers needs, twice.
const maxRedirects = 5

func (u *Updater) getter() (*getter, error) {
	config := &tls.Config{Time: u.Now, MinVersion: tls.VersionTLS12}
	if name := u.Getenv("SSL_CERT_FILE"); name != "" { // as Go reads it on Unix, here everywhere
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("SSL_CERT_FILE: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("SSL_CERT_FILE: there is no certificate in %s", name)
		}
	}
	transport := &http.Transport{
		TLSClientConfig: config, TLSHandshakeTimeout: 30 * time.Second, ResponseHeaderTimeout: time.Minute, ForceAttemptHTTP2: true,
		MaxResponseHeaderBytes: 64 << 10, DialContext: (&net.Dialer{Timeout: 30 * time.Second}).DialContext,
	}
	if proxy := scanner.ProxyFromEnvironment(u.Getenv); proxy != nil {
		transport.Proxy = func(r *http.Request) (*url.URL, error) { return proxy(r.URL) }
	}
	client := &http.Client{Transport: transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if next.URL.Scheme != "https" && !(via[0].URL.Scheme == "http" && isLoopback(next.URL.Hostname())) {
			return fmt.Errorf("it redirects to %s, which is not encrypted", next.URL.Redacted())
		}
		if len(via) >= maxRedirects {
			return fmt.Errorf("it redirects more than %d times", maxRedirects)
		}
		return nil
	}}
	return &getter{client, u.Now}, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// file downloads what is not known yet. changed is false where the server says
// that it is what the validator stands for; then nothing is written.
func (g *getter) file(ctx context.Context, x file, to string, known Validator) (v Validator, changed bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, x.url, nil)
	if err != nil {
		return v, false, err
	}
	request.Header.Set("User-Agent", "tlschain")
	if known.ETag != "" {
		request.Header.Set("If-None-Match", known.ETag)
	} else if known.Modified != "" {
		request.Header.Set("If-Modified-Since", known.Modified)
	}
	answer, err := g.client.Do(request)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err // without the URL, which is said anyway
		}
		return v, false, err
	}
	defer answer.Body.Close()
	if err := g.checkDate(answer.Header); err != nil {
		return v, false, err
	}
	switch {
	case answer.StatusCode == http.StatusNotModified && known != Validator{}:
		return known, false, nil
	case answer.StatusCode != http.StatusOK:
		return v, false, fmt.Errorf("the server says %s", answer.Status)
	case answer.ContentLength > x.max:
		return v, false, tooLarge(x.max)
	}
	if err := save(answer.Body, to, x.max, strings.HasSuffix(x.name, ".html")); err != nil {
		return v, false, err
	}
	return Validator{answer.Header.Get("ETag"), answer.Header.Get("Last-Modified")}, true, nil
}

// checkDate compares the clock of this machine with the server's: facts that are
// dated by a wrong one would pass for new, or for old, for years.
func (g *getter) checkDate(h http.Header) error {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return nil // it does not say
	}
	if age, err := strconv.Atoi(h.Get("Age")); err == nil && age > 0 && age < 1<<30 {
		date = date.Add(time.Duration(age) * time.Second)
	}
	if d := g.now().Sub(date); d.Abs() > patience {
		return fmt.Errorf("it is %s by this machine's clock and %s by the server's: set the clock",
			g.now().UTC().Format(time.DateOnly), date.UTC().Format(time.DateOnly))
	}
	return nil
}

func tooLarge(max int64) error { return fmt.Errorf("it is larger than %d MB", max>>20) }

// save writes a body to a file as it comes, so that what never ends takes no
// memory and little of the disk.
func save(body io.Reader, to string, max int64, page bool) (err error) {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if closed := out.Close(); err == nil {
			err = closed
		}
	}()
	start := make([]byte, 512)
	n, err := io.ReadFull(body, start)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return fmt.Errorf("reading it: %w", err)
	}
	start = start[:n]
	switch {
	case n == 0:
		return errors.New("it is empty")
	case !page && bytes.HasPrefix(bytes.TrimSpace(start), []byte("<")):
		return errors.New("a web page came instead: does a proxy or a sign-in page stand in between?")
	}
	if _, err := out.Write(start); err != nil {
		return err
	}
	copied, err := io.Copy(out, io.LimitReader(body, max+1-int64(n)))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it is cut: the connection ended before the file did")
	case err != nil:
		return fmt.Errorf("reading it: %w", err)
	case copied+int64(n) > max:
		return tooLarge(max)
	}
	return nil
}
