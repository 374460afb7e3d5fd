package wire

import "testing"

// A request that is broken is a request all the same, with the names before the
// fault.
func TestBrokenRequests(t *testing.T) {
	for name, c := range map[string]struct {
		version uint16
		body    string
		names   int
	}{
		"empty":                    {versionTLS13, "", 0},
		"no extensions":            {versionTLS13, "\x00", 0},
		"extensions cut":           {versionTLS13, "\x00\x00\x09\x00\x2f\x00\x05", 0},
		"one name":                 {versionTLS13, "\x00\x00\x0a\x00\x2f\x00\x06\x00\x04\x00\x02\x30\x00", 1},
		"second name cut":          {versionTLS13, "\x00\x00\x0c\x00\x2f\x00\x08\x00\x06\x00\x02\x30\x00\x00\x09", 1},
		"TLS 1.2":                  {versionTLS12, "\x01\x01\x00\x02\x04\x03\x00\x04\x00\x02\x30\x00", 1},
		"TLS 1.2, no list":         {versionTLS12, "\x01\x01\x00\x02\x04\x03", 0},
		"TLS 1.0":                  {versionTLS10, "\x01\x01\x00\x04\x00\x02\x30\x00", 1},
		"TLS 1.0 with empty names": {versionTLS10, "\x01\x01\x00\x04\x00\x00\x00\x00", 2},
	} {
		p := Presented{Version: c.version}
		p.readRequest([]byte(c.body))
		if p.Request == nil || len(p.Request.Authorities) != c.names {
			t.Errorf("%s: %+v", name, p.Request)
		}
	}
}
