package wire

import (
	"crypto/ecdh"
	"crypto/hkdf"
	"encoding/binary"
	"fmt"
	"io"
)

// A client13 is the client of TLS 1.3: it can follow the key schedule as far
// as the Certificate message (RFC 8446 section 7.1).
type client13 struct {
	hello      Hello
	conn       io.Writer
	random     [64]byte // random and session, the same in both hellos
	key        *ecdh.PrivateKey
	group      uint16
	transcript []byte // the messages so far
	retried    uint16 // the suite of the HelloRetryRequest; 0 if there was none
}

// group13 tells what Go can agree on. Servers must take P-256 (RFC 8446 section
// 9.1), whose share is the cheapest, so it is the one that is sent.
func group13(id uint16) ecdh.Curve {
	switch id {
	case 23:
		return ecdh.P256()
	case 24:
		return ecdh.P384()
	case 25:
		return ecdh.P521()
	case 29:
		return ecdh.X25519()
	}
	return nil
}

func (h Hello) ask13(conn io.ReadWriter, b *buffers) (Presented, error) {
	c := &client13{hello: h, conn: conn, group: 23}
	appendRandom(c.random[:0], len(c.random))
	if err := c.send(nil); err != nil {
		return Presented{}, err
	}
	f := flight{client: c}
	p, err := f.over(conn, b)
	if err == nil && p.Version != versionTLS13 {
		return p, malformed("it chose version %#04x, which was not offered", p.Version)
	}
	return p, err
}

// send makes a key for the group and says hello.
func (c *client13) send(cookie []byte) error {
	key, err := group13(c.group).GenerateKey(nil)
	if err != nil {
		return fmt.Errorf("making a key share: %w", err)
	}
	c.key = key
	// Room of its own: in a retry the reader is using both buffers.
	message := c.append(make([]byte, 0, 768), cookie)
	if len(message) > 1<<14 {
		return malformed("a cookie of %d bytes, which makes the hello longer than a record", len(cookie))
	}
	c.transcript = append(c.transcript, message...)
	version := byte(1) // of the record: TLS 1.0 in the first hello (RFC 8446 section 5.1)
	if c.retried != 0 {
		version = 3
	}
	header := []byte{recordHandshake, 3, version, byte(len(message) >> 8), byte(len(message))}
	_, err = c.conn.Write(append(header, message...))
	return err
}

// append writes the ClientHello (RFC 8446 section 4.1.2). The session makes it
// look like TLS 1.2 to middleboxes (appendix D.4).
func (c *client13) append(b, cookie []byte) []byte {
	b = append(b, 1, 0, 0, 0, 3, 3)
	b = append(b, c.random[:32]...)
	b = append(b, 32)
	b = append(b, c.random[32:]...)
	b = append(b, 0, 6, 0x13, 0x01, 0x13, 0x02, 0x13, 0x03, 1, 0)
	at := len(b)
	b = append(b, 0, 0)
	b = appendServerName(b, c.hello.ServerName)
	b = appendExtension(b, extensionSupportedVersions, 2, 3, 4)
	b = appendUint16List(b, extensionSupportedGroups, []uint16{23, 29, 24, 25})
	b = appendUint16List(b, extensionSignatureAlgorithms, c.hello.signatures())
	b = appendExtension(b, extensionSCTs)
	b = c.appendKeyShare(b)
	if cookie != nil {
		b = binary.BigEndian.AppendUint16(b, extensionCookie)
		b = binary.BigEndian.AppendUint16(b, uint16(len(cookie)+2))
		b = binary.BigEndian.AppendUint16(b, uint16(len(cookie)))
		b = append(b, cookie...)
	}
	setLength(b, at)
	setLength24(b, 1)
	return b
}

func (c *client13) appendKeyShare(b []byte) []byte {
	share := c.key.PublicKey().Bytes()
	b = binary.BigEndian.AppendUint16(b, extensionKeyShare)
	b = binary.BigEndian.AppendUint16(b, uint16(len(share)+6))
	b = binary.BigEndian.AppendUint16(b, uint16(len(share)+4))
	b = binary.BigEndian.AppendUint16(b, c.group)
	b = binary.BigEndian.AppendUint16(b, uint16(len(share)))
	return append(b, share...)
}

// retry says hello again with the share that the server wants. The first hello
// goes into the transcript as its hash (section 4.4.1).
func (c *client13) retry(suite suite13, hello serverHello, message []byte) error {
	c.retried = suite.id
	if hello.group != 0 {
		if group13(hello.group) == nil || hello.group == c.group {
			return malformed("a HelloRetryRequest for group %d, which was not offered or sent already", hello.group)
		}
		c.group = hello.group
	} else if hello.cookie == nil {
		return malformed("a HelloRetryRequest that asks for nothing")
	}
	first := suite.hash()
	first.Write(c.transcript)
	c.transcript = append(c.transcript[:0], messageHash, 0, 0, byte(first.Size()))
	c.transcript = first.Sum(c.transcript)
	c.transcript = append(c.transcript, message...)
	return c.send(hello.cookie)
}

// secret derives the server's handshake traffic secret.
func (c *client13) secret(suite suite13, hello serverHello, message []byte) ([]byte, error) {
	if c.retried != 0 && c.retried != suite.id {
		return nil, malformed("another cipher suite than in its HelloRetryRequest")
	}
	if hello.group != c.group {
		return nil, malformed("a key share of group %d where group %d was sent", hello.group, c.group)
	}
	peer, err := group13(c.group).NewPublicKey(hello.share)
	if err != nil {
		return nil, malformed("a key share that is no point of its group")
	}
	shared, err := c.key.ECDH(peer)
	if err != nil {
		return nil, malformed("a key share of low order")
	}
	none := suite.hash().Sum(nil)
	zeros := make([]byte, len(none))
	early, err := hkdf.Extract(suite.hash, zeros, nil)
	if err != nil {
		return nil, fmt.Errorf("deriving the early secret: %w", err)
	}
	derived, err := ExpandLabel(suite.hash, early, "derived", none, len(none))
	if err != nil {
		return nil, err
	}
	handshake, err := hkdf.Extract(suite.hash, shared, derived)
	if err != nil {
		return nil, fmt.Errorf("deriving the handshake secret: %w", err)
	}
	transcript := suite.hash()
	transcript.Write(c.transcript)
	transcript.Write(message)
	return ExpandLabel(suite.hash, handshake, "s hs traffic", transcript.Sum(nil), len(none))
}
