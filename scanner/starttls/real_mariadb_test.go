//go:build unix

package starttls

import (
	"fmt"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

func TestRealMariaDB(t *testing.T) {
	for _, tls := range []bool{true, false} {
		t.Run(fmt.Sprint("ssl ", tls), func(t *testing.T) {
			h := newHouse(t, "mariadbd", "mariadb-server")
			h.giveTo("mysql")
			h.run("mariadb-install-db", "--no-defaults", "--datadir="+h.path("data"), "--auth-root-authentication-method=normal", "--skip-test-db")
			ports := freePorts(t, 1)
			args := []string{"--no-defaults", "--datadir=" + h.path("data"), "--bind-address=" + tlstest.OwnHost(), fmt.Sprint("--port=", ports[0]),
				"--socket=" + h.path("s"), "--pid-file=" + h.path("pid")}
			if tls {
				h.start(ports, "mariadbd", append(args, "--ssl-cert="+h.path("chain.pem"), "--ssl-key="+h.path("key.pem"))...)
				h.captures("mysql", ports[0])
				return
			}
			h.start(ports, "mariadbd", append(args, "--skip-ssl")...)
			h.fails("mysql", ports[0], NotOffered)
		})
	}
}
