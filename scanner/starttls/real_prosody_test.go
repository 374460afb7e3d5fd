//go:build unix

package starttls

import (
	"fmt"
	"os"
	"testing"
)

func TestRealProsody(t *testing.T) {
	for name, module := range map[string]string{"with TLS": `"tls";`, "without": ""} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "prosody", "prosody")
			ports := freePorts(t, 2)
			h.write("prosody.cfg.lua", `modules_enabled = { "saslauth"; "dialback"; `+module+` }
modules_disabled = { "posix"; "http" }
data_path = "$DIR/data"
pidfile = "$DIR/pid"
log = { info = "*console" }
interfaces = { "$HOST" }
`+fmt.Sprintf("c2s_ports = { %d }\ns2s_ports = { %d }\n", ports[0], ports[1])+`
c2s_direct_tls_ports = {}
s2s_direct_tls_ports = {}
c2s_require_encryption = false
s2s_require_encryption = false
VirtualHost "localhost"
ssl = { certificate = "$DIR/chain.pem"; key = "$DIR/key.pem" }
`)
			if err := os.Mkdir(h.path("data"), 0o755); err != nil {
				t.Fatal(err)
			}
			h.giveTo("prosody")
			h.start(ports, "prosody", "-F", "--config", h.path("prosody.cfg.lua"))
			for i, dialect := range []string{"xmpp-client", "xmpp-server"} {
				if module == "" {
					h.fails(dialect, ports[i], NotOffered)
				} else {
					h.captures(dialect, ports[i])
				}
			}
		})
	}
}
