package wire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
)

// A Tape is a connection that keeps what the server said until Stop. Give it
// to crypto/tls in place of the connection, and KeyLog as KeyLogWriter, so
// that [Presented] can read the Certificate message whatever became of the
// handshake. What the client said needs no keeping: the key log has the one
// secret that depends on it.
type Tape struct {
	net.Conn
	pool    *Pool
	buffers *buffers // nil once it was stopped
	total   int
	secret  []byte // the server's handshake traffic secret of TLS 1.3
}

// NewTape begins to record, in memory from the pool, which may be nil. Call
// Stop in the end to give that back.
func NewTape(conn net.Conn, pool *Pool) *Tape {
	return &Tape{Conn: conn, pool: pool, buffers: pool.take()}
}

// Read reads from the connection. It fails with [ErrTooLarge] once the server
// has sent more than any handshake needs.
func (t *Tape) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	if t.buffers == nil {
		return n, err
	}
	if t.total += n; t.total > maxFlight {
		return n, fmt.Errorf("%w: over %d bytes", ErrTooLarge, maxFlight)
	}
	t.buffers.raw = append(t.buffers.raw, b[:n]...)
	return n, err
}

// Stop ends the recording and gives its memory back. The connection stays as
// it is.
func (t *Tape) Stop() {
	if t.buffers != nil {
		t.pool.give(t.buffers)
		t.buffers = nil
	}
}

// Silent reports whether the server has said nothing at all.
func (t *Tape) Silent() bool { return t.total == 0 }

// KeyLog is where crypto/tls writes its secrets. It keeps one of them.
func (t *Tape) KeyLog() io.Writer { return (*keyLog)(t) }

type keyLog Tape

// Write takes one line of the NSS key log format.
func (k *keyLog) Write(line []byte) (int, error) {
	rest, ok := bytes.CutPrefix(line, []byte("SERVER_HANDSHAKE_TRAFFIC_SECRET "))
	if !ok {
		return len(line), nil
	}
	_, text, ok := bytes.Cut(bytes.TrimSpace(rest), []byte(" "))
	if !ok {
		return len(line), nil
	}
	secret, err := hex.DecodeString(string(text))
	if err != nil {
		return 0, fmt.Errorf("reading the key log: %w", err)
	}
	k.secret = secret
	return len(line), nil
}

// Presented reads the recording. It fails as a bare hello does, and with
// [io.ErrUnexpectedEOF] if the recording ends before the Certificate message
// does. Call it once, before Stop: it decrypts in place.
func (t *Tape) Presented() (Presented, error) {
	if t.buffers == nil {
		return Presented{}, errors.New("reading a tape that was stopped")
	}
	f := flight{client: taped{t.secret}}
	f.raw, f.hand, f.pool = t.buffers.raw, t.buffers.hand[:0], t.pool
	p, err := f.presented()
	if err == nil && p.Version != versionTLS13 {
		f.rest(&p)
	}
	t.buffers.hand = f.hand
	return p, err
}

// taped is the client whose hello crypto/tls wrote.
type taped struct{ key []byte }

func (c taped) secret(suite13, serverHello, []byte) ([]byte, error) {
	if c.key == nil {
		return nil, io.ErrUnexpectedEOF // crypto/tls gave up before it had keys
	}
	return c.key, nil
}

func (taped) retry(suite13, serverHello, []byte) error { return nil }
