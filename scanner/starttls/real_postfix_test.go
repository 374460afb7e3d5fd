//go:build unix

package starttls

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

func TestRealPostfix(t *testing.T) {
	h := newHouse(t, "postfix", "postfix")
	if os.Geteuid() != 0 {
		tlstest.Missing(t, "Postfix runs as root only")
	}
	ports := freePorts(t, 3) // with TLS, without, and one whose clients are too many
	h.write("main.cf", `compatibility_level = 3.6
queue_directory = $DIR/queue
data_directory = $DIR/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.test
inet_interfaces = loopback-only
maillog_file = $DIR/log/mail
maillog_file_prefixes = $DIR
smtpd_tls_chain_files = $DIR/key.pem, $DIR/chain.pem
smtpd_tls_security_level = may
smtpd_relay_restrictions = reject
smtpd_client_event_limit_exceptions =
`)
	h.write("master.cf", fmt.Sprintf(`$HOST:%d inet n - n - - smtpd
$HOST:%d inet n - n - - smtpd -o smtpd_tls_security_level=none
$HOST:%d inet n - n - - smtpd -o smtpd_client_connection_rate_limit=1
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`, ports[0], ports[1], ports[2]))
	for _, dir := range []string{"queue", "data", "log"} {
		if err := os.Mkdir(h.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	h.run("chown", "postfix", h.path("data"))
	h.run("postfix", "-c", h.dir, "check")
	h.start(ports, "/usr/lib/postfix/sbin/master", "-c", h.dir, "-d")
	t.Cleanup(func() {
		if log, _ := os.ReadFile(h.path("log/mail")); t.Failed() {
			t.Log(strings.TrimSpace(string(log)))
		}
	})
	h.captures("smtp", ports[0])
	h.captures("submission", ports[0])
	h.fails("smtp", ports[1], NotOffered)
	h.fails("smtp", ports[2], Busy) // start was the first to connect
}
