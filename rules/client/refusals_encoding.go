package client

import "github.com/tlschain/tlschain/rules/cert"

// encodingRefusals is about names and about encodings that are not DER, or that
// hold something else than they should.
var encodingRefusals = []refusal{
	{cert.EmptyIssuer, path, "firefox"},
	{cert.EmptyIssuer, leaf, "curl"},               // [x-emptyissuer]
	{cert.EmptyIssuer, everywhere, "java mbedtls"}, // [x-emptyissuer: cannot be loaded]
	// [n-emptysub-crit: Node.js 8 and 10 take the certificate for empty]
	{cert.EmptySubject, leaf, "openssl-1.0 openssl-1.1.0"},
	{cert.EmptySubjectSAN, leaf, "openssl-1.0 openssl-1.1.0 java chrome"}, // [n-emptysub]
	{cert.EmptySubjectSAN, list, "java"},                                  // [n-emptysub]
	{cert.EmptyRDN, leaf, "bearssl"},                                      // [x-rdnempty]
	{cert.EmptyRDN, path, "mbedtls wolfssl chrome bun"},                   // [x-rdnempty]
	{cert.EmptyRDN, list, "mbedtls bun"},                                  // [x-rdnempty]
	{cert.EmptyDNS, list, "gnutls"},                                       // [n-empty-dns]
	{cert.BadURI, leaf, "go java"},                                        // [n-uri-bad]
	{cert.BadURI, list, "go"},                                             // [n-uri-bad]
	{cert.UniversalName, everywhere, "go"},                                // [x-universal]
	{cert.BadPrintable, everywhere, "go"},                                 // [x-print-us]
	{cert.BadPrintable, path, "chrome"},                                   // [x-print-us]
	{cert.BadUTF8, everywhere, "openssl boringssl go android"},            // [x-utf8bad x-utf8badI]
	{cert.TrailingBytes, leaf, "openssl boringssl gnutls nss go chrome firefox bearssl rustls platforms"},        // [x-trailL]
	{cert.TrailingBytes, list, "openssl boringssl gnutls nss go"},                                                // [25i]
	{cert.TrailingTBS, path, "openssl boringssl mbedtls wolfssl gnutls nss botan chrome firefox bearssl rustls"}, // [x-tbstailI]
	{cert.TrailingTBS, list, "openssl boringssl mbedtls gnutls nss botan"},                                       // [x-tbstailI]
	{cert.LongLength, path, "boringssl wolfssl nss go chrome firefox rustls"},                                    // [x-berL]
	{cert.LongLength, list, "boringssl nss go"},                                                                  // [x-berL]
	{cert.IndefiniteLength, path, "boringssl mbedtls wolfssl gnutls nss botan go chrome firefox bearssl rustls"}, // [x-indefL x-indefI]
	{cert.IndefiniteLength, list, "boringssl mbedtls gnutls nss botan go"},                                       // [x-indefL x-indefI]
	{cert.BadSKI, path, "openssl !openssl-1.0 !openssl-1.1.0 boringssl wolfssl go chrome"},                       // [x-extvalI]
	{cert.BadSKI, list, "go"}, // [x-extvalI]
	{cert.BadSAN, path, "openssl boringssl mbedtls wolfssl gnutls nss botan go chrome firefox bearssl rustls"}, // [x-sanbadL]
	{cert.BadSAN, list, "mbedtls gnutls go"},                                                           // [x-sanbadL]
	{cert.TrailingSAN, path, "boringssl mbedtls gnutls nss java chrome firefox bearssl rustls"},        // [x-santrailL]
	{cert.TrailingSAN, list, "mbedtls gnutls"},                                                         // [x-santrailL]
	{cert.TrailingBC, path, "boringssl mbedtls wolfssl gnutls nss java chrome firefox bearssl rustls"}, // [x-bctrailI]
	{cert.TrailingBC, list, "mbedtls java"},                                                            // [x-bctrailI]
	// [bytes after a root: cannot be loaded]
	{cert.TrailingBytes, anchor, "bearssl bun chrome firefox gnutls go java nss node-20 node-24 openssl-1.1.1 rustls"},
	// [alternative names without a name, and a common name]
	{cert.EmptySAN, leaf, "mbedtls bearssl wolfssl"},
	{cert.EmptyURI, leaf, "gnutls java"}, // [an empty URI]
	// [an address of three octets]
	{cert.BadIP, leaf, "botan chrome go java wolfssl"},
	// [an address of three octets]
	{cert.BadIP, list, "go"},
	// [a dNSName beyond ASCII]
	{cert.ForeignDNS, leaf, "chrome go"},
	// [a dNSName beyond ASCII]
	{cert.ForeignDNS, list, "go"},
}
