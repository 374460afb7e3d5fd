package dashboard

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner"
)

// Listen opens the configured address, with TLS where that is configured. The
// configuration has been checked: no other address but loopback comes without.
func (s *Server) Listen() (net.Listener, error) {
	listener, err := net.Listen("tcp", s.Config.Serve.Address())
	if err != nil {
		return nil, fmt.Errorf("serving the pages: %w", err)
	}
	listener = netutil.LimitListener(listener, maxConnections())
	if s.Config.Serve.Cert == "" {
		return listener, nil
	}
	s.warnOfReaders("serve.key", s.path(s.Config.Serve.Key))
	pair := &keyPair{cert: s.path(s.Config.Serve.Cert), key: s.path(s.Config.Serve.Key), report: s.Report}
	if err := pair.load(); err != nil {
		listener.Close()
		return nil, fmt.Errorf("serving the pages: %w", err)
	}
	return tls.NewListener(listener, &tls.Config{
		GetCertificate: pair.get, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12,
	}), nil
}

// warnOfReaders reports a file with secrets that every user of the machine can read.
func (s *Server) warnOfReaders(what, file string) {
	const others = 0o004
	if info, err := os.Stat(file); err == nil && runtime.GOOS != "windows" && info.Mode()&others != 0 {
		s.Report(fmt.Errorf("%s: every user of this machine can read %s; chmod 600 keeps it to its owner", what, reports.Clean(file)))
	}
}

// maxConnections bounds how many visitors there are at once: audits need
// descriptors, too.
func maxConnections() int {
	const enough = 1000
	if limit, ok := scanner.Descriptors(); ok {
		return max(1, min(enough, limit/4))
	}
	return enough
}

func (s *Server) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(s.Config.Dir, file)
}

// Serve answers until ctx ends, then gives requests under way a moment.
func (s *Server) Serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 5 * time.Minute,
		IdleTimeout:    2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
		HTTP2:          &http.HTTP2Config{MaxConcurrentStreams: 50},
		ErrorLog:       log.New(serverLog(s.Report), "", 0),
	}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if server.Shutdown(wait) != nil {
			server.Close()
		}
	})
	err := server.Serve(listener)
	if !stop() {
		<-stopped
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serving the pages: %w", err)
}

// A keyPair reads its files again when they change: renewed certificates need
// no restart. While the new files do not fit together, the old pair serves.
type keyPair struct {
	cert, key string
	report    func(error)

	mu      sync.Mutex
	current *tls.Certificate
	stamps  [2]time.Time
}

func (k *keyPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now, err := k.read(); err == nil && now != k.stamps {
		if err := k.loadAt(now); err != nil {
			k.report(err)
			k.stamps = now // the same mistake is reported once
		}
	}
	return k.current, nil
}

func (k *keyPair) load() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, err := k.read()
	if err != nil {
		return err
	}
	return k.loadAt(now)
}

func (k *keyPair) loadAt(now [2]time.Time) error {
	certs, err := os.ReadFile(k.cert)
	if err != nil {
		return fmt.Errorf("reading serve.cert: %w", err)
	}
	key, err := os.ReadFile(k.key)
	if err != nil {
		return fmt.Errorf("reading serve.key: %w", err)
	}
	pair, err := certfile.KeyPair(certs, key)
	if err != nil {
		return fmt.Errorf("reading serve.cert and serve.key: %w", err)
	}
	k.current, k.stamps = &pair, now
	return nil
}

func (k *keyPair) read() (stamps [2]time.Time, err error) {
	for i, file := range []string{k.cert, k.key} {
		info, err := os.Stat(file)
		if err != nil {
			return stamps, err
		}
		stamps[i] = info.ModTime()
	}
	return stamps, nil
}

// A serverLog reports what net/http says of troubles of our own. Of those that
// visitors make, each could write as much into a log as they like.
type serverLog func(error)

func (l serverLog) Write(line []byte) (int, error) {
	if text := string(line); strings.Contains(text, "panic serving") || strings.Contains(text, "Accept error") {
		l(errors.New("serving the pages: " + reports.Clean(strings.TrimSpace(text))))
	}
	return len(line), nil
}
