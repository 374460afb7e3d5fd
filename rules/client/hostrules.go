package client

import "github.com/tlschain/tlschain/rules/cert"

// hostRules tells how each client compares the leaf with the name it connects
// to, by id; whoever is not here has the rules of RFC 9525. Whether the common
// name counts where there is no alternative name at all is CommonName. Ids in
// brackets are scenarios of the runs of single certificates.
var hostRules = func() map[string]cert.HostRules {
	openSSL := cert.HostRules{Wildcard: cert.LabelEdge, LDH: true, CommonName: cert.CommonNoDNS, Dot: cert.DotSent}                              // X509_check_host [n-w-pre n-w-mid n-us-wild n-cn-san-ip n-dot-host]
	node := cert.HostRules{NameDot: true, Wildcard: cert.InLabel, CommonName: cert.CommonNoDNS, Dot: cert.DotSent}                               // tls.checkServerIdentity [n-w-mid n-us-wild]
	java := cert.HostRules{Wildcard: cert.AnyLabel, TopLevel: true, CommonName: cert.CommonNoDNS, Address: cert.MappedAddress, Underscore: true} // [n-w-inner n-ip-v4in6 n-us-san n-dot-both]
	rustls := cert.HostRules{Numeric: true}                                                                                                      // [n-digits]
	return map[string]cert.HostRules{
		"openssl-0.9.8":               openSSL,
		"openssl-1.0.1":               openSSL,
		"openssl-1.0.2":               {Wildcard: cert.InLabel, URI: true, NameDot: true, Dot: cert.DotSent}, // as Node.js 8 [n-cn-san-ip n-uri-only]
		"openssl-1.0.2-trusted-first": openSSL,
		"openssl-1.1.0":               node, // as Node.js 10 and 16
		"openssl-1.1.1":               node,
		"openssl-3.0":                 openSSL,
		"python-3.11":                 {LDH: true, CommonName: cert.CommonNoDNS, Dot: cert.DotSent}, // X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS [n-w-pre]
		"python-3.13":                 {LDH: true, CommonName: cert.CommonNoDNS, Dot: cert.DotSent},
		"node-20":                     node,
		"node-24":                     {NameDot: true, Wildcard: cert.InLabel, CommonName: cert.CommonNoDNS, Numeric: true, Dot: cert.DotSent}, // [n-digits]
		"curl":                        {Dot: cert.DotNone, CommonName: cert.CommonNoHost, CommonIP: true},                                      // [n-dot-both n-w-pre]
		"boringssl-android":           {LDH: true, Dot: cert.DotSent},                                                                          // [n-us-wild n-w-pre]
		"bun":                         node,
		"nss-3.87":                    {CommonIP: true, CommonIPBeside: true, Wildcard: cert.LabelEnd, CommonName: cert.CommonNoDNS, Address: cert.MappedAddress, Dot: cert.DotSent}, // [n-w-pre n-w-mid n-ip-v4in6]
		"firefox":                     {Numeric: true, Dot: cert.DotSent},                                                                                                            // [n-digits n-dot-host]
		"chrome":                      {NameDot: true, Dot: cert.DotSent},
		"mbedtls-2.28":                {TopLevel: true, Address: cert.AddressAsName, Dot: cert.DotSent},                                           // [n-ip-dns n-ip-wild]
		"gnutls-3.7":                  {Wildcard: cert.LabelStart, CommonName: cert.CommonOnlyOdd},                                                // [n-dot-both]
		"wolfssl-5.5":                 {CommonName: cert.CommonOnlyOdd, Wildcard: cert.Greedless, Address: cert.AddressOrName, Dot: cert.DotSent}, // [n-w-star n-w-inner n-ip-dns]
		"botan-2.19":                  {Wildcard: cert.InLabel, Address: cert.AnyAddress, Dot: cert.DotSent},                                      // [n-w-mid n-ip-other]
		"go":                          {TopLevel: true, Address: cert.MappedAddress, Dot: cert.DotKept},                                           // [n-ip-v4in6 n-dot-both]
		"go-1.21":                     {Bare: true, TopLevel: true, Address: cert.MappedAddress, Dot: cert.DotKept},
		"go-1.23":                     {TopLevel: true, Address: cert.MappedAddress, Dot: cert.DotKept},
		"java-17":                     java,
		"java-17-aia":                 java,
		"rustls-0.20":                 {Numeric: true, Address: cert.NoAddress}, // [BetterTLS case 4]
		"rustls-0.23":                 rustls,
		"rustls-0.23-aws-lc":          rustls,
		"bearssl-0.6":                 {TopLevel: true, Address: cert.AddressAsName, Dot: cert.DotSent}, // [n-ip-dns n-ip-wild]
		"android":                     {NameDot: true},                                                  // [L:san=dns:test.example. n-ip-v4in6]
	}
}()
