//go:build unix

package starttls

import (
	"fmt"
	"os"
	"testing"
)

// TestRealCyrus has NNTP spoken by Cyrus: INN, the other server with STARTTLS
// that Debian has, installs on machines with a domain name only.
func TestRealCyrus(t *testing.T) {
	for name, config := range map[string]string{
		"with TLS": "tls_server_cert: $DIR/chain.pem\ntls_server_key: $DIR/key.pem\n",
		"without":  "",
	} {
		t.Run(name, func(t *testing.T) {
			const bin = "/usr/lib/cyrus/bin/"
			h := newHouse(t, bin+"nntpd", "cyrus-nntpd")
			ports := freePorts(t, 1)
			h.write("imapd.conf", "configdirectory: $DIR/conf\npartition-default: $DIR/spool\ndefaultpartition: default\n"+
				"admins: cyrus\nservername: news.example.test\nsasl_pwcheck_method: auxprop\nsyslog_prefix: starttls\n"+config)
			h.write("cyrus.conf", "START {\n recover cmd=\""+bin+"ctl_cyrusdb -C $DIR/imapd.conf -r\"\n}\n"+
				fmt.Sprintf("SERVICES {\n nntp cmd=\"%snntpd -C $DIR/imapd.conf\" listen=\"%s\" prefork=0\n}\nEVENTS {\n}\n", bin, at(ports[0])))
			for _, dir := range []string{"conf/db", "conf/proc", "conf/lock", "conf/msg", "conf/socket", "spool"} {
				if err := os.MkdirAll(h.path(dir), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			h.giveTo("cyrus")
			h.start(ports, bin+"master", "-C", h.path("imapd.conf"), "-M", h.path("cyrus.conf"), "-p", h.path("pid"), "-D")
			if config == "" {
				h.fails("nntp", ports[0], NotOffered)
				return
			}
			h.captures("nntp", ports[0])
		})
	}
}
