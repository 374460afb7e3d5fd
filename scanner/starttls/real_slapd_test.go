//go:build unix

package starttls

import (
	"os"
	"testing"
)

func TestRealOpenLDAP(t *testing.T) {
	for name, config := range map[string]string{
		"with TLS": "TLSCertificateFile $DIR/leaf.pem\nTLSCertificateKeyFile $DIR/key.pem\nTLSCACertificateFile $DIR/cas.pem\n",
		"without":  "",
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "slapd", "slapd")
			ports := freePorts(t, 1)
			if err := os.Mkdir(h.path("data"), 0o700); err != nil {
				t.Fatal(err)
			}
			h.write("slapd.conf", "include /etc/ldap/schema/core.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n"+
				"pidfile $DIR/pid\n"+config+"database mdb\nsuffix dc=example,dc=test\ndirectory $DIR/data\n")
			h.start(ports, "slapd", "-d", "0", "-h", "ldap://"+at(ports[0]), "-f", h.path("slapd.conf"))
			if config == "" {
				h.fails("ldap", ports[0], NotOffered)
				return
			}
			h.captures("ldap", ports[0])
		})
	}
}
