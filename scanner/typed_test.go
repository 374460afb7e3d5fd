package scanner

import (
	"net/netip"
	"testing"
)

// What is told to type for a target is that target again.
func TestTypedMeansTheTarget(t *testing.T) {
	at := netip.MustParseAddr("192.0.2.7")
	for want, target := range map[string]Target{
		"example.com":                  {Text: "example.com", Host: "example.com", Port: 443, ServerName: "example.com"},
		"https://example.com/path":     {Text: "https://example.com/path", Host: "example.com", Port: 443, ServerName: "example.com"},
		"starttls+smtp://mx.example":   {Text: "starttls+smtp://mx.example", Host: "mx.example", Port: 25, ServerName: "mx.example", STARTTLS: "smtp"},
		"example.com:8443":             {Text: "example.com", Host: "example.com", Port: 8443, ServerName: "example.com"}, // by --port
		"192.0.2.7:443":                {Text: "192.0.2.0/24", Host: "192.0.2.7", Port: 443, Addr: at},
		"[2001:db8::7]:443":            {Text: "2001:db8::/120", Host: "2001:db8::7", Port: 443},
		"a.example@192.0.2.7:443":      {Text: "a.example", Host: "a.example", Port: 443, ServerName: "a.example", Addr: at},
		"b.example@a.example:443":      {Text: "a.example", Host: "a.example", Port: 443, ServerName: "b.example"},
		"mx.example:25":                {Text: "a line of CSV", Host: "mx.example", Port: 25, ServerName: "mx.example", STARTTLS: "smtp"},
		"https://mx.example:25":        {Text: "", Host: "mx.example", Port: 25, ServerName: "mx.example"},
		"starttls+imap://mx.example:7": {Text: "mx.example:7 at 192.0.2.9", Host: "mx.example", Port: 7, ServerName: "mx.example", STARTTLS: "imap"},
	} {
		got := target.Typed()
		if got != want {
			t.Errorf("%+v is typed as %s, want %s", target, got, want)
		}
		target.Text = ""
		if target.Host == "a.example" && target.Addr.IsValid() {
			target.Host = at.String() // the address stands for the host, and the name is asked for
		}
		if !target.isMeantBy(got) {
			t.Errorf("%s does not mean %+v", got, target)
		}
	}
}
