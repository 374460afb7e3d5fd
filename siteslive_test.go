package tlschain

import "testing"

func TestLocalAddress(t *testing.T) {
	for listen, want := range map[string]string{
		"443": "127.0.0.1:443", "*:8443": "127.0.0.1:8443", ":443": "127.0.0.1:443", "0.0.0.0:1": "127.0.0.1:1", "_default_:443": "127.0.0.1:443",
		"[::]:443": "[::1]:443", "[2001:db8::1]:443": "[2001:db8::1]:443", "192.0.2.1": "192.0.2.1:443", "192.0.2.1:444": "192.0.2.1:444",
		"submission": "127.0.0.1:587", "192.0.2.1:smtps": "192.0.2.1:465", "unix:/run/a.sock": "", "localhost:443": "127.0.0.1:443", "": "", ":": "", "imap": "", "443-445": "", "*:70000": "",
	} {
		address, ok := localAddress(listen)
		if ok != (want != "") || ok && address.String() != want {
			t.Errorf("%q: %v, %v", listen, address, ok)
		}
	}
}
