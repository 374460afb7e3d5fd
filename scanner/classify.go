package scanner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"syscall"

	"github.com/tlschain/tlschain/scanner/starttls"
	"github.com/tlschain/tlschain/scanner/wire"
)

// classify puts an attempt's error into the vocabulary, with a message for
// people.
func (r *run) classify(err error) *Failure {
	var known *Failure
	if errors.As(err, &known) {
		return known
	}
	step := "the attempt"
	var s *stepError
	if errors.As(err, &s) {
		step, err = s.step, s.err
	}
	var onTheWay *proxyError
	if errors.As(err, &onTheWay) {
		return &Failure{Proxy, onTheWay.Error()}
	}
	if f := r.networkFailure(step, err); f != nil {
		return f
	}
	if f := upgradeFailure(err); f != nil {
		return f
	}
	if f := quicFailure(err); f != nil {
		return f
	}
	return tlsFailure(step, err)
}

// networkFailure names what went wrong below TLS; nil if nothing did.
func (r *run) networkFailure(step string, err error) *Failure {
	switch {
	case errors.Is(err, context.Canceled):
		return interrupted()
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		message := fmt.Sprintf("%s took longer than %v", step, r.timeout())
		if step == upgradeStep {
			message += ": some servers let clients wait for their greeting; give them more with --timeout"
		}
		return &Failure{Timeout, message}
	}
	if f := systemFailure(step, err); f != nil {
		return f
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return &Failure{Reset, step + ": the server closed the connection"}
	}
	return nil
}

// systemFailure is what a failed system call means for a scan; nil if none
// did.
func systemFailure(step string, err error) *Failure {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return nil
	}
	code, means := Unreachable, "there is no way to the address"
	switch posix(number) {
	case syscall.ETIMEDOUT:
		code, means = Timeout, "no answer"
	case syscall.ECONNREFUSED:
		code, means = Refused, "nobody listens there"
	case syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED, syscall.ENOTCONN:
		code, means = Reset, "the server reset the connection"
	case syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM:
		code, means = Local, "this machine has no more to give: raise ulimit -n, or lower --concurrency"
	case syscall.EADDRNOTAVAIL, syscall.EADDRINUSE, syscall.EAGAIN:
		code, means = Local, "this machine has no free port or no such address"
	case syscall.EACCES, syscall.EPERM:
		means = "a firewall forbids it"
	}
	return &Failure{code, fmt.Sprintf("%s: %s (%v)", step, means, number)}
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// upgradeFailure names what went wrong in the STARTTLS preamble; nil if
// nothing did.
func upgradeFailure(err error) *Failure {
	var refused *starttls.Error
	if !errors.As(err, &refused) {
		return nil
	}
	switch refused.Kind {
	case starttls.Busy:
		return &Failure{Busy, refused.Error()}
	case starttls.TooLong:
		return &Failure{TooLarge, refused.Error()}
	}
	return &Failure{StartTLS, refused.Error()}
}

// tlsFailure names what went wrong within TLS, as crypto/tls or wire tell it.
func tlsFailure(step string, err error) *Failure {
	var notTLS *wire.NotTLS
	if errors.As(err, &notTLS) {
		return &Failure{NotTLS, describe(notTLS.First)}
	}
	if errors.Is(err, wire.ErrTooLarge) {
		return &Failure{TooLarge, err.Error()}
	}
	switch step {
	case connectStep:
		return &Failure{Unreachable, step + ": " + err.Error()}
	case upgradeStep:
		return &Failure{StartTLS, err.Error()}
	}
	asked := ""
	var wanted *askedError
	if errors.As(err, &wanted) {
		asked = "; it had asked for a client certificate: --client-cert"
	}
	var alert *wire.Alert
	if errors.As(err, &alert) {
		return &Failure{Handshake, "the server ended it with " + alert.Error() + asked}
	}
	var remote *net.OpError
	if errors.As(err, &remote) && remote.Op == "remote error" {
		return &Failure{Handshake, "the server ended it with the alert " + strings.TrimPrefix(remote.Err.Error(), "tls: ") + asked}
	}
	return &Failure{Handshake, strings.TrimPrefix(err.Error(), "tls: ") + asked}
}

// An askedError is a handshake's failure after the server had asked for a
// client certificate.
type askedError struct{ err error }

func (e *askedError) Error() string { return e.err.Error() }
func (e *askedError) Unwrap() error { return e.err }

// describe says what a peer that speaks no TLS seems to speak, and what to
// type if there is a way into TLS from there.
func describe(first []byte) string {
	for _, known := range []struct{ begins, means string }{
		{"HTTP/", "HTTP: is TLS on another port?"},
		{"SSH-", "SSH"},
		{"220", "SMTP or FTP: try starttls+smtp:// or starttls+ftp://"},
		{"421", "SMTP or FTP that is busy: try starttls+smtp:// or starttls+ftp://, later"},
		{"* OK", "IMAP: try starttls+imap://"},
		{"+OK", "POP3: try starttls+pop3://"},
		{"<?xml", "XML"}, {"<!", "HTML"}, {"<html", "HTML"},
		{":", "IRC: try starttls+irc://"},
	} {
		if bytes.HasPrefix(first, []byte(known.begins)) {
			return fmt.Sprintf("the answer is %s (it begins %q)", known.means, first)
		}
	}
	return fmt.Sprintf("the answer is not TLS (it begins %q)", first)
}

// lookupFailure names what went wrong in looking up a name. ctx is the
// lookup's.
func lookupFailure(ctx context.Context, host string, err error) *Failure {
	if errors.Is(context.Cause(ctx), context.Canceled) {
		return interrupted()
	}
	var dns *net.DNSError
	server, asked := "the name server", ""
	var chosen *askedServer
	if errors.As(err, &chosen) {
		server += " " + chosen.server.String()
		asked = ", says " + server
	}
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return &Failure{DNS, fmt.Sprintf("%s does not resolve: no such name, or it has no address%s", host, asked)}
	case ctx.Err() != nil || errors.As(err, &dns) && dns.IsTimeout:
		return &Failure{DNS, fmt.Sprintf("%s does not resolve: %s does not answer", host, server)}
	case chosen != nil:
		return &Failure{DNS, fmt.Sprintf("%s does not resolve: %s: %s", host, server, lookupReason(dns, chosen.err))}
	}
	return &Failure{DNS, fmt.Sprintf("%s does not resolve: %s", host, lookupReason(dns, err))}
}

// lookupReason is why a lookup failed, without the server of the system's own
// configuration that the library names, though another was asked, and without
// the sockets that a [net.OpError] names, which [net.DNSError] has as text.
func lookupReason(dns *net.DNSError, err error) string {
	var system syscall.Errno
	switch {
	case errors.As(err, &system) && posix(system) == syscall.ECONNREFUSED:
		return "nobody listens there"
	case dns != nil:
		reason := dns.Err
		if socket.MatchString(reason) {
			reason = reason[strings.LastIndex(reason, ": ")+2:]
		}
		if reason == syscall.ECONNREFUSED.Error() {
			return "nobody listens there"
		}
		return reason
	}
	return err.Error()
}

// socket matches how a [net.OpError] begins.
var socket = regexp.MustCompile(`^(dial|read|write) (udp|tcp)[46]? .*: `)
