package conformance

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// inProcess is Go's own client.
type inProcess struct{}

func newGo(*testing.T, string) (session, error) { return inProcess{}, nil }

func (inProcess) Version() string { return runtime.Version() }

func (inProcess) Verdicts(ctx context.Context, jobs []job) ([]verdict, error) {
	var out []verdict
	for _, j := range jobs {
		roots := x509.NewCertPool()
		for _, der := range j.anchors {
			// One that Go cannot read is no anchor for it.
			if c, err := x509.ParseCertificate(der); err == nil {
				roots.AddCert(c)
			}
		}
		dialer := &tls.Dialer{
			NetDialer: &net.Dialer{Timeout: 30 * time.Second},
			Config:    &tls.Config{ServerName: j.host, RootCAs: roots},
		}
		conn, err := dialer.DialContext(ctx, "tcp", "127.0.0.1:"+j.port)
		if err == nil {
			conn.Close()
			out = append(out, verdict{accepted: true})
			continue
		}
		var refused *tls.CertificateVerificationError
		parse := strings.Contains(err.Error(), "failed to parse certificate")
		out = append(out, verdict{failed: !errors.As(err, &refused) && !parse, message: err.Error()})
	}
	return out, nil
}
