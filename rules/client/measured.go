package client

import "github.com/tlschain/tlschain/rules/catalog"

// measuredBy is what a measured client is called and which version was run.
type measuredBy struct{ title, family, version string }

var measuredClients = map[string]measuredBy{
	"openssl-0.9.8":               {"OpenSSL 0.9.8", "openssl", "0.9.8l"},
	"openssl-1.0.1":               {"OpenSSL 1.0.1", "openssl", "1.0.1i"},
	"openssl-1.0.2":               {"OpenSSL 1.0.2", "openssl", "1.0.2k and 1.0.2s"},
	"openssl-1.0.2-trusted-first": {"OpenSSL 1.0.2 with -trusted_first", "openssl", "1.0.2k"},
	"openssl-1.1.0":               {"OpenSSL 1.1.0", "openssl", "1.1.0i, as in Node.js 10"},
	"openssl-1.1.1":               {"OpenSSL 1.1.1", "openssl", "1.1.1v, as in Node.js 16"},
	"openssl-3.0":                 {"OpenSSL 3.0", "openssl", "3.0.22 of Debian 12"},
	"python-3.11":                 {"Python 3.11", "openssl", "3.11.7 with OpenSSL 3.0.22"},
	"python-3.13":                 {"Python 3.13 and later", "openssl", "3.11.2 with the flags of 3.13, with OpenSSL 3.0.19"},
	"node-20":                     {"Node.js 20", "openssl", "20.20.2 with OpenSSL 3.0.19"},
	"node-24":                     {"Node.js 24", "openssl", "24.21.0 with OpenSSL 3.5.8"},
	"curl":                        {"curl", "openssl", "7.88.1 with OpenSSL 3.0.22"},
	"boringssl-android":           {"BoringSSL's own verifier, as in Android 13", "boringssl", "13.0.0_r24"},
	"bun":                         {"Bun", "boringssl", "1.4.5"},
	"gnutls-3.7":                  {"GnuTLS 3.7", "gnutls", "3.7.9"},
	"nss-3.87":                    {"NSS, classic verifier", "nss", "3.87.1"},
	"firefox":                     {"Firefox without preloaded intermediates", "firefox", "153.7.0esr"},
	"chrome":                      {"Chrome", "chrome", "Chromium 156.0.8078.79"},
	"mbedtls-2.28":                {"Mbed TLS 2.28", "mbedtls", "2.28.3"},
	"wolfssl-5.5":                 {"wolfSSL 5.5", "wolfssl", "5.5.4 of Debian 12"},
	"botan-2.19":                  {"Botan 2.19", "botan", "2.19.3"},
	"go":                          {"Go", "go", "1.24.11, 1.25.8 and 1.26.8"},
	"go-1.21":                     {"Go 1.21 and 1.22", "go", "1.21.13 and 1.22.12"},
	"go-1.23":                     {"Go 1.23", "go", "1.23.12"},
	"java-17":                     {"Java 17", "java", "17.0.15"},
	"java-17-aia":                 {"Java 17 with enableAIAcaIssuers", "java", "17.0.15"},
	"rustls-0.20":                 {"rustls 0.20", "rustls", "0.20.8 with webpki 0.22.0"},
	"rustls-0.23":                 {"rustls 0.23", "rustls", "0.23.40 with webpki 0.103.13, as in Deno 2.9"},
	"rustls-0.23-aws-lc":          {"rustls 0.23 with aws-lc-rs, its default", "rustls", "0.23.46 with webpki 0.103.17 and aws-lc-rs"},
	"bearssl-0.6":                 {"BearSSL 0.6", "bearssl", "0.6"},
}

// measured makes the profile of a client that was run.
func measured(id string, b Builder) *Profile {
	m := measuredClients[id]
	p := &Profile{
		ID: id, Title: m.title, Family: m.family, Version: m.version, Builder: b,
		BuilderEvidence: Measured, StoreEvidence: Documented, builder: id,
		AIA:     id == "chrome" || id == "java-17-aia",
		Sources: []string{"runs of the client against generated chains, 2026-11-22"},
	}
	if storesOf(id)[0] == "debian" {
		p.Notes = "Debian's ca-certificates are assumed, as its packages take them; give the roots of another system by --roots."
		p.StoreEvidence = Assumed
	}
	return p
}

// firefoxDesktop is Firefox as people run it, with intermediates preloaded.
func firefoxDesktop(facts *catalog.Facts, b Builder) *Profile {
	p := measured("firefox", b)
	p.ID, p.Title, p.Preload = "firefox-desktop", "Firefox on desktops, with preloaded intermediates", true
	if list, ok := facts.Preloads(); ok {
		p.Shipped = list.Certs
		return p
	}
	p.StoreEvidence = Assumed
	p.Notes = "Firefox's list of preloaded intermediates is not among the facts; the known CA certificates stand in for it."
	return p
}
