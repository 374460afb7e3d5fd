//go:build unix

package starttls

import (
	"fmt"
	"testing"
)

func TestRealInspIRCd(t *testing.T) {
	for name, modules := range map[string]string{
		"with TLS": `<module name="ssl_gnutls"><module name="starttls">
<sslprofile name="Clients" provider="gnutls" certfile="$DIR/chain.pem" keyfile="$DIR/key.pem" hash="sha256">
<starttls provider="Clients">`,
		"without": "",
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "inspircd", "inspircd")
			ports := freePorts(t, 1)
			h.write("inspircd.conf", `<server name="irc.example.test" description="x" id="1AB" network="x">
<admin name="x" nick="x" email="x@example.test">
<bind address="$HOST" port="`+fmt.Sprint(ports[0])+`" type="clients">
<connect allow="*" timeout="60" resolvehostnames="no" useident="no">
<pid file="$DIR/pid"><log method="file" target="$DIR/log" type="*" level="default">
<path configdir="$DIR" datadir="$DIR" logdir="$DIR" runtimedir="$DIR">
<module name="cap">`+modules)
			h.giveTo("irc")
			h.start(ports, "inspircd", "--nofork", "--config", h.path("inspircd.conf"))
			if modules == "" {
				h.fails("irc", ports[0], NotOffered)
				return
			}
			h.captures("irc", ports[0])
		})
	}
}
