package tlstest

import (
	"net"
	"testing"
)

// TB makes certificates and servers for one test, which any failure to make
// them ends. Servers are closed with it.
type TB struct{ testing.TB }

// For makes the shortcuts of a test.
func For(t testing.TB) TB { return TB{t} }

// Root is Root without the error.
func (t TB) Root(label string, mutate ...func(*Template)) *Cert {
	t.Helper()
	return t.cert(Root(label, mutate...))
}

// Intermediate is Intermediate without the error.
func (t TB) Intermediate(label string, by *Cert, mutate ...func(*Template)) *Cert {
	t.Helper()
	return t.cert(Intermediate(label, by, mutate...))
}

// Cross is Cross without the error.
func (t TB) Cross(label string, of, by *Cert, mutate ...func(*Template)) *Cert {
	t.Helper()
	return t.cert(Cross(label, of, by, mutate...))
}

// Leaf is Leaf without the error.
func (t TB) Leaf(label string, by *Cert, mutate ...func(*Template)) *Cert {
	t.Helper()
	return t.cert(Leaf(label, by, mutate...))
}

// Copy is Copy without the error.
func (t TB) Copy(label string, of *Cert, mutate ...func(*Template)) *Cert {
	t.Helper()
	return t.cert(Copy(label, of, mutate...))
}

// Key is [NewKey] without the error.
func (t TB) Key(label, keyType string) *Key {
	t.Helper()
	key, err := NewKey(label, keyType)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (t TB) cert(c *Cert, err error) *Cert {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Serve is Serve, closed with the test.
func (t TB) Serve(b Behaviour) *Server {
	t.Helper()
	return t.server(Serve(b))
}

// Script is Script, closed with the test.
func (t TB) Script(serve func(net.Conn)) *Server {
	t.Helper()
	return t.server(Script("", serve))
}

func (t TB) server(s *Server, err error) *Server {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}
