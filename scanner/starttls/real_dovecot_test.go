//go:build unix

package starttls

import (
	"fmt"
	"os"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

func TestRealDovecot(t *testing.T) {
	for name, tls := range map[string]string{"with TLS": "yes", "without": "no"} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "dovecot", "dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-managesieved")
			if os.Geteuid() != 0 {
				tlstest.Missing(t, "Dovecot switches between users, so it runs as root here")
			}
			ports := freePorts(t, 4)
			h.write("dovecot.conf", fmt.Sprintf(`protocols = imap pop3 lmtp sieve
listen = $HOST
base_dir = $DIR/run
state_dir = $DIR/state
log_path = /dev/stderr
ssl = %s
ssl_cert = <$DIR/chain.pem
ssl_key = <$DIR/key.pem
passdb {
  driver = static
  args = nopassword=y
}
service imap-login {
  inet_listener imap {
    port = %d
  }
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  inet_listener pop3 {
    port = %d
  }
  inet_listener pop3s {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    port = %d
  }
}
service managesieve-login {
  inet_listener sieve {
    port = %d
  }
}
`, tls, ports[0], ports[1], ports[2], ports[3]))
			h.start(ports, "dovecot", "-F", "-c", h.path("dovecot.conf"))
			for i, dialect := range []string{"imap", "pop3", "lmtp", "sieve"} {
				if tls == "no" {
					h.fails(dialect, ports[i], NotOffered)
				} else {
					h.captures(dialect, ports[i])
				}
			}
		})
	}
}
