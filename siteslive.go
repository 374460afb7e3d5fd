package tlschain

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/serverconf"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/listener"
)

// askServer looks at what the server of a site presents on this machine, for the
// rules to compare with its file. The error says that no address could be asked.
func (e *Engine) askServer(ctx context.Context, u serverconf.Use, p *Presented) error {
	var asked error = fmt.Errorf("it listens on no address of this machine that can be asked: %s", strings.Trim(fmt.Sprint(u.Listen), "[]"))
	for _, listen := range u.Listen {
		address, ok := localAddress(listen.Address)
		if !ok {
			continue
		}
		served, err := e.servedAt(ctx, address, p.Name, listen.StartTLS)
		if err != nil {
			asked = err
			continue
		}
		if info, err := os.Stat(u.File); err == nil {
			began, _ := listener.Began(address, listen.Reader)
			for i := range served {
				served[i].Written, served[i].Began = info.ModTime(), began
			}
		}
		p.Served = append(p.Served, served...)
	}
	if len(p.Served) == 0 {
		return asked
	}
	return nil
}

// servedAt are the lists that one address presents for a name, where a
// connection begins with a protocol that changes to TLS, or with TLS.
func (e *Engine) servedAt(ctx context.Context, address netip.AddrPort, name, dialect string) (served []rules.Served, err error) {
	text, options := "tls://"+address.String(), scanner.TargetOptions{}
	if dialect != "" {
		text = "starttls+" + dialect + "://" + address.String()
	}
	if _, err := netip.ParseAddr(name); err != nil {
		options.ServerName = name
	}
	targets, err := scanner.ParseTarget(text, options)
	if err != nil {
		return nil, err
	}
	for observed := range e.scanner.Scan(ctx, targets) {
		for _, o := range observed {
			switch {
			case o.Captured():
				one := rules.Served{Addr: address.String(), Leaf: sha256.Sum256(o.Chain[0]), Behind: []cert.Hash{}}
				for _, der := range o.Chain[1:] {
					one.Behind = append(one.Behind, sha256.Sum256(der))
				}
				served = append(served, one)
			case o.Failure != nil && o.Variant == scanner.Default:
				err = fmt.Errorf("%v: %s", address, o.Failure.Message)
			}
		}
	}
	switch {
	case len(served) > 0:
		return served, nil
	case err == nil:
		err = fmt.Errorf("%v: nothing was presented", address)
	}
	return nil, err
}

// namedPorts are those that Postfix's master.cf calls by name, where the machine's
// own list may lack them.
var namedPorts = map[string]string{"smtp": "25", "submission": "587", "smtps": "465", "submissions": "465"}

// localAddress is where a server of this machine is reached that listens as its
// configuration says. ok is false for sockets and for names.
func localAddress(listen string) (address netip.AddrPort, ok bool) {
	if at := strings.LastIndexByte(listen, ':'); namedPorts[listen[at+1:]] != "" {
		listen = listen[:at+1] + namedPorts[listen[at+1:]]
	}
	if strings.Trim(listen, "0123456789") == "" {
		listen = ":" + listen
	}
	at := strings.LastIndexByte(listen, ':')
	if at < 0 {
		listen, at = listen+":443", len(listen)
	}
	host, port := strings.Trim(listen[:at], "[]"), listen[at+1:]
	switch host {
	case "", "*", "_default_", "0.0.0.0", "localhost":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	address, err := netip.ParseAddrPort(host + ":" + port)
	return address, err == nil
}
