package client

import "github.com/tlschain/tlschain/rules/cert"

// extensionRefusals is about versions, serial numbers and extensions. Extended key
// usages beyond LeafEKU and the test EKU, and critical extensions that a client
// reads but does not take as critical.
var extensionRefusals = []refusal{
	{cert.EKUAny, leaf, "openssl boringssl nss botan firefox rustls"},                                            // [e-eku-any]
	{cert.EKUCritical, sent, "bearssl"},                                                                          // [e-eku-anycrit: it does not read extended key usages]
	{cert.EKUStepUp, sent, "boringssl mbedtls wolfssl gnutls botan go chrome firefox rustls platforms !windows"}, // [e-eku-sgc]
	{cert.EKUEmpty, list, "mbedtls"},                                                                             // [e-eku-emptyI]
	{cert.KeyUsageEmpty, list, "mbedtls wolfssl"},                                                                // [e-ku-empty]
	{cert.PathLenNoCA, leaf, "boringssl android"},                                                                // [e-bc-path]
	{cert.PathLenHuge, path, "mbedtls wolfssl gnutls botan java chrome firefox bearssl rustls"},                  // [e-bcI-huge]
	{cert.PathLenHuge, list, "mbedtls java"},                                                                     // [e-bcI-huge]
	{cert.LooseTrue, path, "go chrome firefox rustls"},                                                           // [e-bcI-01]
	{cert.LooseTrue, list, "go"},                                                                                 // [e-bcI-01]
	{cert.LooseCritical, path, "go chrome firefox rustls"},                                                       // [x-bool01I]
	{cert.LooseCritical, list, "go"},                                                                             // [x-bool01I]
	{cert.CriticalFalse, path, "chrome"},                                                                         // [x-boolfalseL]
	// A certificate that demands a stapled OCSP response, where nothing could be stapled.
	{cert.MustStaple, issuer, "gnutls firefox"},                                                                                                 // [e-stapleI]
	{cert.CriticalUnknown, anchor, "openssl !openssl-1.0 bun mbedtls wolfssl gnutls botan go chrome firefox"},                                   // [e-unkR]
	{cert.CriticalAKI, path, "openssl boringssl mbedtls wolfssl go java chrome firefox rustls platforms"},                                       // [e-aki-crit e-akiI-crit]
	{cert.CriticalAKI, list, "mbedtls go"},                                                                                                      // [e-akiI-crit]
	{cert.CriticalSKI, path, "openssl boringssl mbedtls wolfssl go java chrome firefox rustls platforms"},                                       // [e-ski-crit]
	{cert.CriticalSKI, list, "mbedtls go"},                                                                                                      // [e-ski-crit]
	{cert.CriticalAIA, path, "openssl boringssl mbedtls go java chrome rustls platforms"},                                                       // [e-aiaI-crit]
	{cert.CriticalAIA, list, "mbedtls go"},                                                                                                      // [e-aiaI-crit]
	{cert.CriticalCRL, path, "boringssl mbedtls nss java chrome firefox android"},                                                               // [e-cdpI-crit]
	{cert.CriticalCRL, list, "mbedtls"},                                                                                                         // [e-cdpI-crit]
	{cert.CriticalIAN, path, "openssl boringssl mbedtls wolfssl nss go java chrome firefox rustls platforms"},                                   // [e-ian-crit]
	{cert.CriticalIAN, list, "mbedtls"},                                                                                                         // [e-ian-crit]
	{cert.CriticalNSType, path, "gnutls botan go java chrome bearssl rustls bun android"},                                                       // [e-nscert]
	{cert.TwoSANs, path, "openssl !openssl-1.0 !openssl-1.1.0 boringssl mbedtls wolfssl gnutls botan go java chrome firefox rustls platforms"},  // [e-dup-san]
	{cert.TwoSANs, list, "mbedtls wolfssl gnutls go java"},                                                                                      // [e-dup-san]
	{cert.TwoKnown, path, "openssl !openssl-1.0 !openssl-1.1.0 boringssl mbedtls wolfssl gnutls botan go java chrome firefox rustls platforms"}, // [25m 25r]
	{cert.TwoKnown, list, "mbedtls wolfssl gnutls go java"},                                                                                     // [25r]
	{cert.TwoMinor, path, "openssl !openssl-1.0 !openssl-1.1.0 boringssl wolfssl gnutls botan go java chrome"},                                  // [e-dupR-ski]
	{cert.TwoMinor, list, "wolfssl gnutls go java"},                                                                                             // [e-dupR-ski]
	{cert.TwoUnknown, path, "gnutls botan go java chrome"},                                                                                      // [e-dup-unk]
	{cert.TwoUnknown, list, "gnutls go java"},                                                                                                   // [e-dup-unk]
	{cert.Version1, leaf, "botan rustls"},                                                                                                       // [e-v1L]
	{cert.Version4, path, "boringssl mbedtls botan go java chrome bearssl rustls android apple"},                                                // [e-v4]
	{cert.Version4, list, "boringssl mbedtls botan go java"},                                                                                    // [e-v4]
	{cert.OldWithExtensions, path, "boringssl mbedtls wolfssl gnutls botan go java chrome rustls android"},                                      // [e-v1extI]
	{cert.OldWithExtensions, list, "boringssl mbedtls gnutls java"},                                                                             // [e-v1extI]
	{cert.UniqueID, path, "mbedtls wolfssl rustls"},                                                                                             // [e-uidI]
	{cert.UniqueID, list, "mbedtls"},                                                                                                            // [e-uidI]
	{cert.PaddedSerial, path, "openssl !openssl-1.0 boringssl wolfssl go firefox android"},                                                      // [e-serpadI]
	{cert.PaddedSerial, list, "openssl !openssl-1.0 boringssl go"},                                                                              // [e-serpadI]
}
