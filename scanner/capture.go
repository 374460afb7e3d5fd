package scanner

import (
	"context"
	"crypto/tls"
	"errors"

	"github.com/tlschain/tlschain/scanner/wire"
)

// capture obtains the chain: by a complete handshake where crypto/tls can
// make one, else by the ClientHello that gets to see a certificate. Where both
// are needed, the failure beside the chain is that of the handshake.
func (a *attempt) capture(ctx context.Context) {
	o := a.o
	if a.overQUIC() {
		a.captureQUIC(ctx)
		return
	}
	if o.Variant == RSA || o.Variant == ECDSA {
		a.captureKey(ctx)
		return
	}
	if a.Fast && a.captureFast(ctx) {
		return
	}
	err := a.handshakeOrSecond(ctx, cheapCurves())
	if err != nil && !o.Captured() && o.Version == 0 && wantsOtherCurve(err) && o.Variant != TLS12 {
		err = a.handshake(ctx, otherCurves())
	}
	if err == nil {
		return
	}
	o.Failure = a.classify(err)
	if o.Captured() || !withinTLS(err, o.Failure) {
		return
	}
	for _, version := range fallbacks(o) {
		again := a.ask(ctx, wire.Hello{Version: version})
		if again == nil {
			return
		}
		if code := a.classify(again).Code; code != Handshake && code != Reset {
			return // this server has nothing for us in another version either
		}
	}
}

// captureFast asks without a handshake: for TLS 1.2 and below first, which
// takes no cryptography, then for TLS 1.3. It returns false if only a complete
// handshake can tell more.
func (a *attempt) captureFast(ctx context.Context) bool {
	o := a.o
	versions := []uint16{tls.VersionTLS12, tls.VersionTLS13}
	switch o.Variant {
	case TLS12:
		versions = versions[:1]
	case TLS13:
		versions = versions[1:]
	}
	for _, version := range versions {
		err := a.ask(ctx, wire.Hello{Version: version})
		if err == nil {
			return true
		}
		if f := a.classify(err); !withinTLS(err, f) {
			o.Failure = f
			return true
		}
	}
	return false
}

// captureKey asks for a certificate with one type of key, which is nothing
// that crypto/tls could be told to do in TLS 1.3.
func (a *attempt) captureKey(ctx context.Context) {
	o := a.o
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		err := a.ask(ctx, wire.Hello{Version: version, Keys: wire.Keys(o.Variant)})
		if err == nil {
			o.Failure = nil
			return
		}
		if o.Failure = a.classify(err); !withinTLS(err, o.Failure) {
			return
		}
	}
}

// ask says hello on a connection of its own, reads the chain into o, and hangs
// up.
func (a *attempt) ask(ctx context.Context, hello wire.Hello) error {
	o := a.o
	link, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer link.hangUp()
	hello.ServerName = a.serverName()
	presented, err := hello.Ask(link.Conn, &a.memory)
	if err != nil {
		return &stepError{handshakeStep, err}
	}
	o.show(&presented)
	return nil
}

// fallbacks lists the versions to ask for where crypto/tls got no chain. Once
// a version has been agreed on, no other one is of use. A server that drops
// the connection may be one of those that do so instead of sending an alert
// (Schannel), or one that cannot bear versions of its future; each further
// connection is one that a server in trouble has to take, so it is not asked
// for all of them.
func fallbacks(o *Observation) []uint16 {
	switch {
	case o.Variant == TLS13 || o.Version == tls.VersionTLS13:
		return []uint16{tls.VersionTLS13}
	case o.Variant == TLS12 || o.Version != 0:
		return []uint16{tls.VersionTLS12}
	case o.Failure.Code == Reset:
		return []uint16{tls.VersionTLS12, tls.VersionTLS10}
	}
	return []uint16{tls.VersionTLS12, tls.VersionTLS13, tls.VersionTLS10, versionSSL30}
}

// versionSSL30 is deprecated in crypto/tls, for good reason.
const versionSSL30 = 0x0300

// withinTLS reports whether an attempt failed in a way that another hello may
// fix: the server took part and refused, or dropped the connection at the
// hello. One that does not know the name will not know it any better.
func withinTLS(err error, f *Failure) bool {
	const unrecognizedName = 112
	var s *stepError
	var alert *wire.Alert
	return errors.As(err, &s) && s.step == handshakeStep && (f.Code == Handshake || f.Code == Reset) &&
		!(errors.As(err, &alert) && alert.Number == unrecognizedName)
}

// wantsOtherCurve reports whether a handshake was refused as servers do that have
// none of the curves offered.
func wantsOtherCurve(err error) bool {
	var alert *wire.Alert
	if !errors.As(err, &alert) {
		return false
	}
	switch alert.Number {
	case 40, 47, 71: // handshake failure, illegal parameter, insufficient security
		return true
	}
	return false
}
