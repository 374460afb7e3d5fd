package serverconf

import (
	"errors"
	"strings"
	"testing"
)

// oneText is a file system in which every name is the same text, and every
// pattern a few names.
type oneText []byte

func (f oneText) Read(name string) ([]byte, error) {
	if strings.Contains(name, "none") {
		return nil, errors.New("there is none")
	}
	return f, nil
}

func (f oneText) Glob(pattern string) []string { return []string{pattern, pattern + "1"} }

// FuzzRead has every reader end on any text, also where it includes itself under
// ever other names.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"http { server { listen 443 ssl; ssl_certificate \"a\\\"b\"; include x; } } # configuration file /a:\n",
		"# configuration file /etc/nginx.conf:\nhttp { server { listen 443 ssl; ssl_certificate $a; ssl_certificate data:x; } }",
		"Define A b\n<Macro M $a @b>\nUse M ${A} '$b \\' c'\n</Macro>\nUse M a b\n<VirtualHost *:443 [::1]:443>\nSSLEngine on\nSSLCertificateFile a\n</VirtualHost>\nInclude c*\n",
		"# In file: /a\n#   1:\n<VirtualHost *:443>\n# In file: macro 'x' (defined on line 9 of \"b\") used on line 1 of \"c\"\n#  2:\nSSLEngine on\n</VirtualHost>\n",
		"global\n crt-base /\n setenv A b\nfrontend f\n bind :443 ssl crt \"${A}/\\x41\" crt 'a b' crt-list c # d\n a [b c] !d e\n",
		"smtpd_tls_security_level = may\na = $b ${c} $(d)\n  e\nsmtpd_tls_chain_files = $a, /b\nsmtp inet n - n - - smtpd -o { a = b } -o c=d\nsmtp/inet/a = b\ntls_server_sni_maps = hash:/x\n",
		"smtpd_tls_security_level = may\ntls_server_sni_maps = hash:/x\n,\n", // a fault once
		" \\", "/inet/a = b\nsmtpd_tls_security_level = may\n", // faults once
		"ssl_cert = <a\nssl_key = \"b\"\nlocal_name \"a b\" {\n ssl_cert = $ssl_cert\n}\n!include c*\n!include_try none\n a = \\\n b # c\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, s := range Servers() {
			uses, _ := s.Read(oneText(text), []string{"/main"})
			dumped, _, _ := s.ReadOutput(oneText(text), text)
			for _, u := range append(uses, dumped...) {
				if u.Directive == "" || u.File == "" && u.Inline == nil && u.Why == "" {
					t.Errorf("%s: a use that names nothing: %+v", s.Name, u)
				}
			}
		}
	})
}
