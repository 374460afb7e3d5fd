//go:build unix

package starttls

import (
	"fmt"
	"testing"
)

func TestRealXrdp(t *testing.T) {
	for layer, kind := range map[string]Kind{"tls": "", "rdp": NotOffered} {
		t.Run(layer, func(t *testing.T) {
			h := newHouse(t, "xrdp", "xrdp")
			ports := freePorts(t, 1)
			h.write("xrdp.ini", fmt.Sprintf("[Globals]\nini_version=1\nfork=false\nport=tcp://$HOST:%d\n", ports[0])+
				"security_layer="+layer+"\ncrypt_level=high\ncertificate=$DIR/chain.pem\nkey_file=$DIR/key.pem\nssl_protocols=TLSv1.2, TLSv1.3\n"+
				"[Logging]\nLogFile=$DIR/log\nLogLevel=DEBUG\nEnableSyslog=false\n[Channels]\n[x]\nname=x\nlib=libvnc.so\n")
			h.start(ports, "xrdp", "--nodaemon", "--config", h.path("xrdp.ini"))
			if kind != "" {
				h.fails("rdp", ports[0], kind)
				return
			}
			h.captures("rdp", ports[0])
		})
	}
}
