package client

import "github.com/tlschain/tlschain/rules/cert"

// extensionRefusals is about versions, serial numbers and extensions. Extended key
// usages beyond LeafEKU and the test EKU, and critical extensions that a client
// reads but does not take as critical.
var extensionRefusals = []refusal{
	{cert.EKUAny, leaf, "openssl boringssl nss botan firefox rustls"}, // [e-eku-any]
	// [e-eku-anycrit: it does not read extended key usages]
	{cert.EKUCritical, sent, "bearssl"},
	{cert.EKUStepUp, leaf, "boringssl mbedtls wolfssl gnutls botan go chrome firefox rustls platforms !windows"}, // [e-eku-sgc]
	{cert.EKUStepUp, issuer, "boringssl go chrome firefox rustls platforms !windows"},                            // [e-eku-sgc]
	{cert.EKUEmpty, list, "mbedtls"},                                                            // [e-eku-emptyI]
	{cert.KeyUsageEmpty, list, "mbedtls wolfssl"},                                               // [e-ku-empty]
	{cert.PathLenNoCA, leaf, "boringssl android"},                                               // [e-bc-path]
	{cert.PathLenHuge, path, "mbedtls wolfssl gnutls botan java chrome firefox bearssl rustls"}, // [e-bcI-huge]
	{cert.PathLenHuge, list, "mbedtls java"},                                                    // [e-bcI-huge]
	{cert.LooseTrue, path, "go chrome firefox rustls"},                                          // [e-bcI-01]
	{cert.LooseTrue, list, "go"},                                                                // [e-bcI-01]
	{cert.LooseCritical, path, "go chrome firefox rustls"},                                      // [x-bool01I]
	{cert.LooseCritical, list, "go"},                                                            // [x-bool01I]
	{cert.CriticalFalse, path, "chrome"},                                                        // [x-boolfalseL]
	// A certificate that demands a stapled OCSP response, where nothing could be stapled.
	{cert.MustStaple, unstapled, "gnutls firefox"},                                                            // [a leaf that demands it]
	{cert.MustStaple, issuer, "gnutls firefox"},                                                               // [e-stapleI]
	{cert.CriticalUnknown, anchor, "openssl !openssl-1.0 bun mbedtls wolfssl gnutls botan go chrome firefox"}, // [e-unkR]
	{cert.CriticalAKI, path, "openssl boringssl mbedtls wolfssl go chrome firefox platforms"},                 // [e-aki-crit e-akiI-crit]
	{cert.CriticalAKI, sent, "java rustls"},                                                                   // [e-aki-crit e-akiI-crit]
	{cert.CriticalAKI, list, "mbedtls go"},                                                                    // [e-akiI-crit]
	{cert.CriticalSKI, path, "openssl boringssl mbedtls wolfssl go chrome firefox platforms"},                 // [e-ski-crit]
	{cert.CriticalSKI, sent, "java rustls"},                                                                   // [e-ski-crit]
	{cert.CriticalSKI, list, "mbedtls go"},                                                                    // [e-ski-crit]
	{cert.CriticalAIA, path, "openssl boringssl mbedtls go chrome platforms"},                                 // [e-aiaI-crit]
	{cert.CriticalAIA, sent, "java rustls"},                                                                   // [e-aiaI-crit]
	{cert.CriticalAIA, list, "mbedtls go"},                                                                    // [e-aiaI-crit]
	{cert.CriticalCRL, path, "boringssl mbedtls nss chrome firefox android"},                                  // [e-cdpI-crit]
	{cert.CriticalCRL, sent, "java"},                                                                          // [e-cdpI-crit]
	{cert.CriticalCRL, list, "mbedtls"},                                                                       // [e-cdpI-crit]
	{cert.CriticalIAN, path, "openssl boringssl mbedtls wolfssl nss go chrome firefox platforms"},             // [e-ian-crit]
	{cert.CriticalIAN, sent, "java rustls"},                                                                   // [e-ian-crit]
	{cert.CriticalIAN, list, "mbedtls"},                                                                       // [e-ian-crit]
	{cert.CriticalNSType, path, "gnutls botan go chrome bun android"},                                         // [e-nscert]
	{cert.CriticalNSType, sent, "java bearssl rustls"},                                                        // [e-nscert]
	// [e-dup-san]
	{cert.TwoSANs, path, "openssl !openssl-1.0 !openssl-1.1.0 boringssl mbedtls wolfssl gnutls botan go java chrome firefox rustls platforms"},
	{cert.TwoSANs, list, "mbedtls wolfssl gnutls go java"}, // [e-dup-san]
	// [25m 25r]
	{cert.TwoKnown, path, "openssl !openssl-1.0 !openssl-1.1.0 boringssl mbedtls wolfssl gnutls botan go java chrome firefox rustls " +
		"platforms"},
	// [25r]
	{cert.TwoKnown, list, "mbedtls wolfssl gnutls go java"},
	// [e-dupR-ski]
	{cert.TwoMinor, path, "openssl !openssl-1.0 !openssl-1.1.0 boringssl wolfssl gnutls botan go java chrome"},
	// [e-dupR-ski]
	{cert.TwoMinor, list, "wolfssl gnutls go java"},
	// [e-dup-unk]
	{cert.TwoUnknown, path, "gnutls botan go java chrome"},
	// [e-dup-unk]
	{cert.TwoUnknown, list, "gnutls go java"},
	// [e-v1L]
	{cert.Version1, leaf, "botan rustls"},
	// [e-v4]
	{cert.Version4, path, "boringssl mbedtls botan go java chrome bearssl rustls android apple"},
	// [e-v4]
	{cert.Version4, list, "boringssl mbedtls botan go java"},
	// [e-v1extI]
	{cert.OldWithExtensions, sent, "go"},
	// [e-v1extI]
	{cert.OldWithExtensions, path, "boringssl mbedtls wolfssl gnutls botan java chrome rustls android"},
	// [e-v1extI]
	{cert.OldWithExtensions, list, "boringssl mbedtls gnutls java"},
	// [e-uidI]
	{cert.UniqueID, path, "mbedtls wolfssl rustls"},
	// [e-uidI]
	{cert.UniqueID, list, "mbedtls"},
	// [e-serpadI]
	{cert.PaddedSerial, path, "openssl !openssl-1.0 boringssl wolfssl go firefox android"},
	// [e-serpadI]
	{cert.PaddedSerial, list, "openssl !openssl-1.0 boringssl go"},
	// [a critical Netscape certificate type of an intermediate]
	{cert.CriticalNSType, issuer, "firefox"},
	// [an empty extended key usage]
	{cert.EKUEmpty, leaf, "nss"},
	// [a negative path length]
	{cert.PathLenNegative, path, "openssl !openssl-1.0 !openssl-1.1.0 boringssl mbedtls nss botan go java chrome firefox bearssl rustls"},
	// [a negative serial number of a root]
	{cert.NegativeSerialNumber, anchor, "go"},
	// [a padded serial number of a root]
	{cert.PaddedSerial, anchor, "chrome"},
	// [an extended key usage cut short]
	{cert.BadEKU, path, "openssl !openssl-1.0 !openssl-1.1.0 boringssl mbedtls wolfssl gnutls go chrome firefox rustls"},
	// [an extended key usage cut short]
	{cert.BadEKU, list, "mbedtls go"},
	// [a malformed authority key identifier]
	{cert.BadAKI, path, "openssl !openssl-1.0 !openssl-1.1.0 boringssl wolfssl go chrome"},
	// [a malformed authority key identifier]
	{cert.BadAKI, list, "go"},
	// [bytes after the authority key identifier]
	{cert.TrailingAKI, path, "chrome bun"},
	// [an empty authority key identifier]
	{cert.EmptyAKI, path, "wolfssl"},
	// [bytes after key usage]
	{cert.TrailingKU, path, "boringssl bearssl chrome firefox java mbedtls"},
	// [bytes after key usage]
	{cert.TrailingKU, issuers, "gnutls"},
	// [bytes after key usage]
	{cert.TrailingKU, list, "mbedtls java"},
}
