//go:build unix

package starttls

import (
	"fmt"
	"io"
	"net"
	"os"
	"testing"
)

func TestRealVsftpd(t *testing.T) {
	for name, ssl := range map[string]string{"with TLS": "YES", "without": "NO"} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "vsftpd", "vsftpd")
			ports := freePorts(t, 1)
			if err := os.Mkdir(h.path("empty"), 0o755); err != nil {
				t.Fatal(err)
			}
			h.write("vsftpd.conf", "listen=YES\nlisten_ipv6=NO\nlisten_address=$HOST\n"+
				fmt.Sprintf("listen_port=%d\nbackground=NO\nmax_clients=5\n", ports[0])+
				"run_as_launching_user="+map[bool]string{true: "NO", false: "YES"}[os.Geteuid() == 0]+"\n"+
				"secure_chroot_dir=$DIR/empty\nseccomp_sandbox=NO\nisolate=NO\nisolate_network=NO\nanonymous_enable=YES\nlocal_enable=NO\n"+
				"ssl_enable="+ssl+"\nallow_anon_ssl=YES\nrsa_cert_file=$DIR/chain.pem\nrsa_private_key_file=$DIR/key.pem\n")
			h.start(ports, "vsftpd", h.path("vsftpd.conf"))
			if ssl == "NO" {
				h.fails("ftp", ports[0], NotOffered)
				return
			}
			h.captures("ftp", ports[0])
			// Fill it up: vsftpd may still count connections that have ended.
			for full := false; !full; {
				conn, err := net.Dial("tcp", at(ports[0]))
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				greeting := make([]byte, 3)
				if _, err := io.ReadFull(conn, greeting); err != nil {
					t.Fatal(err)
				}
				full = string(greeting) != "220"
			}
			h.fails("ftp", ports[0], Busy)
		})
	}
}
