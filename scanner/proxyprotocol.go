package scanner

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
)

// A ProxyProtocol is a version of HAProxy's PROXY protocol: the header by which
// a load balancer tells a server whose connection it is. A server that is set
// up for it takes no connection without.
type ProxyProtocol uint8

// The versions: https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
const (
	NoProxyProtocol ProxyProtocol = iota
	ProxyProtocolV1
	ProxyProtocolV2
)

// header says that the connection is our own: from its local end to where it
// should go.
func (p ProxyProtocol) header(conn net.Conn, to netip.AddrPort) []byte {
	from, err := netip.ParseAddrPort(conn.LocalAddr().String())
	from = netip.AddrPortFrom(from.Addr().Unmap().WithZone(""), from.Port())
	to = netip.AddrPortFrom(to.Addr().Unmap().WithZone(""), to.Port())
	known := err == nil && to.Addr().IsValid() && from.Addr().Is4() == to.Addr().Is4()
	switch {
	case p == NoProxyProtocol:
		return nil
	case p == ProxyProtocolV1 && !known:
		return []byte("PROXY UNKNOWN\r\n")
	case p == ProxyProtocolV1:
		family := "TCP6"
		if from.Addr().Is4() {
			family = "TCP4"
		}
		return fmt.Appendf(nil, "PROXY %s %s %s %d %d\r\n", family, from.Addr(), to.Addr(), from.Port(), to.Port())
	}
	header := []byte("\r\n\r\n\x00\r\nQUIT\n")
	if !known {
		return append(header, 0x20, 0, 0, 0) // LOCAL: no addresses
	}
	family := byte(0x21) // TCP over IPv6
	if from.Addr().Is4() {
		family = 0x11
	}
	body := append(from.Addr().AsSlice(), to.Addr().AsSlice()...)
	body = binary.BigEndian.AppendUint16(body, from.Port())
	body = binary.BigEndian.AppendUint16(body, to.Port())
	header = append(header, 0x21, family)
	header = binary.BigEndian.AppendUint16(header, uint16(len(body)))
	return append(header, body...)
}

// expectsProxyProtocol is what to try where a server drops each connection at
// the hello.
const expectsProxyProtocol = "; if it stands behind a load balancer, it may wait for the PROXY protocol: --proxy-protocol v1"
