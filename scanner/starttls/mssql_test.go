package starttls

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// preLoginReply answers as SQL Server 2019 does, with one value of ENCRYPTION.
func preLoginReply(encryption string) string {
	return ">\x04\x01\x00\x25\x00\x00\x01\x00" + "\x00\x00\x15\x00\x06" + "\x01\x00\x1b\x00\x01" + "\x02\x00\x1c\x00\x01" + "\x03\x00\x1d\x00\x00" + "\xff" +
		"\x0f\x00\x07\xd0\x00\x00" + encryption + "\x00"
}

func TestMSSQL(t *testing.T) {
	const ask = "<" + preLogin
	try(t, "mssql", []talk{
		{"none", []string{ask, preLoginReply("\x02")}, NotOffered, "no encryption"},
		{"silent on it", []string{ask, ">\x04\x01\x00\x0e\x00\x00\x01\x00" + "\x04\x00\x06\x00\x00" + "\xff"}, Protocol, "nothing of encryption"},
		{"out of range", []string{ask, ">\x04\x01\x00\x0e\x00\x00\x01\x00" + "\x01\xff\xff\x00\x01" + "\xff"}, Protocol, "nothing of encryption"},
		{"http", []string{ask, ">HTTP/1.1 400\r\n"}, Protocol, "not SQL Server's"},
		{"injected", []string{ask, preLoginReply("\x01") + "\x16"}, Injected, ""},
		{"too long", []string{ask, ">\x04\x01\xff\xff\x00\x00\x01\x00"}, Protocol, ""},
	}, endless{"\x04", Protocol})
}

// TestMSSQLHandshake shakes hands within TDS packets, which the server takes
// apart by itself and fills with as little as it likes.
func TestMSSQLHandshake(t *testing.T) {
	mk := tlstest.For(t)
	leaf := mk.Leaf("L", nil)
	identity := tls.Certificate{Certificate: [][]byte{leaf.DER}, PrivateKey: leaf.Key.Signer}
	for _, encryption := range []string{"\x00", "\x01", "\x03"} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			ended := make(chan struct{}) // the server's handshake, which by TLS 1.3 ends after the client's
			server := mk.Script(func(conn net.Conn) {
				defer close(ended)
				asked := make([]byte, len(preLogin))
				if _, err := io.ReadFull(conn, asked); err != nil || string(asked) != preLogin {
					t.Errorf("asked %q, %v", asked, err)
				}
				io.WriteString(conn, preLoginReply(encryption)[1:])
				secure := tls.Server(&oddTDS{Conn: conn}, &tls.Config{Certificates: []tls.Certificate{identity}, MaxVersion: version})
				if err := secure.Handshake(); err != nil {
					t.Errorf("the server: %v", err)
				}
			})
			conn, err := net.Dial("tcp", server.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			if err := Upgrade(t.Context(), conn, "mssql", ""); err != nil {
				t.Fatal(err)
			}
			client := tls.Client(Framed("mssql", conn), &tls.Config{InsecureSkipVerify: true})
			if err := client.Handshake(); err != nil || !bytes.Equal(client.ConnectionState().PeerCertificates[0].Raw, leaf.DER) {
				t.Errorf("%x: %v", encryption, err)
			}
			<-ended
			conn.Close()
		}
	}
}

// An oddTDS is a server's end: packets of at most 100 bytes, read by type and
// length alone.
type oddTDS struct {
	net.Conn
	rest []byte
}

func (o *oddTDS) Read(b []byte) (int, error) {
	for len(o.rest) == 0 {
		head := make([]byte, 8)
		if _, err := io.ReadFull(o.Conn, head); err != nil {
			return 0, err
		}
		o.rest = make([]byte, int(head[2])<<8+int(head[3])-8)
		if _, err := io.ReadFull(o.Conn, o.rest); err != nil {
			return 0, err
		}
	}
	n := copy(b, o.rest)
	o.rest = o.rest[n:]
	return n, nil
}

func (o *oddTDS) Write(b []byte) (int, error) {
	for at := 0; at < len(b); at += 100 {
		part := b[at:min(at+100, len(b))]
		if _, err := o.Conn.Write(append([]byte{0x12, 1, 0, byte(8 + len(part)), 0, 0, 0, 0}, part...)); err != nil {
			return at, err
		}
	}
	return len(b), nil
}
