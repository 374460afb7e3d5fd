//go:build unix

package starttls

import (
	"fmt"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

func TestRealPostgreSQL(t *testing.T) {
	const bin = "/usr/lib/postgresql/15/bin/"
	for name, kind := range map[string]Kind{"on": "", "off": NotOffered} {
		t.Run("ssl "+name, func(t *testing.T) {
			h := newHouse(t, bin+"postgres", "postgresql-15")
			h.giveTo("postgres")
			h.run(bin+"initdb", "-D", h.path("data"), "--no-sync", "-A", "trust", "-U", "x")
			ports := freePorts(t, 1)
			h.start(ports, bin+"postgres", "-D", h.path("data"), "-p", fmt.Sprint(ports[0]), "-k", h.dir, "-h", tlstest.OwnHost(),
				"-c", "ssl="+name, "-c", "ssl_cert_file="+h.path("chain.pem"), "-c", "ssl_key_file="+h.path("key.pem"))
			if kind != "" {
				h.fails("postgres", ports[0], kind)
				return
			}
			h.captures("postgres", ports[0])
		})
	}
}
