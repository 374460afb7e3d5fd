package client

import "github.com/tlschain/tlschain/rules/cert"

// keyRefusals is about public keys: those that the TLS handshake cannot use, and
// those that no signature of a chain can be checked by. Ids in brackets are
// scenarios of the measured runs of single certificates (2026-11-26).
var keyRefusals = []refusal{
	// A handshake: whether the client offers the algorithm, and takes such a leaf.
	// [kL-pss-none kL-pss-sha384]
	{cert.KeyRSAPSS, handshakes, "openssl-1.0 openssl-1.1.0 boringssl mbedtls wolfssl nss botan go chrome firefox bearssl rustls platforms"},
	// [kL-p192]
	{cert.KeyP192, handshakes, "openssl boringssl wolfssl gnutls nss botan go java chrome firefox bearssl rustls platforms"},
	{cert.KeyP224, handshake13, "wolfssl"}, // none of the curves that it offers
	// [kL-p224-forced]
	{cert.KeyP224, handshakes, "openssl boringssl gnutls go nss botan java chrome firefox bearssl rustls platforms"},
	// [kL-p521]
	{cert.KeyP521, handshakes, "boringssl-android chrome android"},
	// [kL-p521]
	{cert.KeyP521, handshake12, "bun"},
	// none of the curves that it offers
	{cert.KeySecp256k1, handshake13, "wolfssl"},
	// [kL-secp256k1 kL-secp256k1-forced]
	{cert.KeySecp256k1, handshakes, "openssl !openssl-1.0 boringssl gnutls nss botan go java chrome firefox bearssl rustls platforms"},
	// [kL-bp256-forced kL-bp384]
	{cert.KeyBrainpool, handshake12, "openssl !openssl-1.0 boringssl gnutls nss go java chrome firefox bearssl rustls platforms"},
	// [kL-bp384: RFC 8734 has names of their own for 1.3]
	{cert.KeyBrainpool, handshake13, "openssl !openssl-1.0 !node-24 boringssl wolfssl gnutls nss go java chrome firefox rustls platforms"},
	// [none of the curves that any of them offers]
	{cert.KeyOtherCurve, handshakes, "openssl !openssl-1.0 boringssl mbedtls wolfssl gnutls nss botan go java chrome firefox bearssl " +
		"rustls platforms"},
	// [kA-ed25519]
	{cert.KeyEd25519, handshakes, "openssl-1.0 openssl-1.1.0 boringssl-android mbedtls nss botan chrome firefox bearssl platforms"},
	// [kL-ed448]
	{cert.KeyEd448, handshakes, "openssl-1.0 openssl-1.1.0 boringssl mbedtls nss botan go chrome firefox bearssl rustls platforms"},
	// [kL-dsa1024]
	{cert.KeyDSA, handshakes, "openssl-3 !node-20 !node-24 boringssl mbedtls wolfssl gnutls botan go chrome firefox bearssl rustls platforms"},
	// [TLS 1.3 has no DSA: RFC 8446 section 4.2.3]
	{cert.KeyDSA, handshake13, "openssl-1.1.1 node-20 node-24 java nss"},
	// [kL-dsa1024; L:key=dsa2048 accepted]
	{cert.KeyShortDSA, handshake12, "node-24"},
	// [kL-mldsa65 kA-mldsa65]
	{cert.KeyMLDSA, handshakes, "openssl !node-24 boringssl mbedtls wolfssl gnutls nss botan go java firefox bearssl rustls platforms"},
	// [a key that no client knows]
	{cert.KeyUnknown, handshakes, "openssl boringssl mbedtls wolfssl gnutls nss botan go java chrome firefox bearssl rustls platforms"},
	// [kL-p384-explicit]
	{cert.ExplicitCurve, handshakes, "openssl-1.0 openssl-1.1.0 openssl-3 boringssl mbedtls wolfssl gnutls nss go java chrome firefox " +
		"bearssl rustls platforms"},
	// [kL-p256-compressed]
	{cert.Compressed, handshakes, "openssl-1.0 mbedtls gnutls nss go java firefox bearssl apple"},
	// [kL-p256-compressed: the server may send uncompressed points only, RFC 8422 section 5.1.2]
	{cert.Compressed, handshake12, "openssl-1.1 node-20"},
	// [kL-p256-hybrid]
	{cert.Hybrid, handshakes, "boringssl mbedtls wolfssl gnutls nss go java chrome firefox bearssl rustls platforms"},
	// [kL-p256-hybrid]
	{cert.Hybrid, handshake12, "openssl-1.1 node-20"},
	// [kL-rsa-e34bit]
	{cert.Exponent33, handshakes, "boringssl go chrome rustls android"},
	{cert.Exponent31, handshakes, "go"},                                     // [kL-rsa-e34bit: crypto/rsa]
	{cert.NoKeyNull, handshakes, "boringssl chrome rustls android"},         // [kL-rsa-absent]
	{cert.NegativeKey, handshakes, "boringssl botan chrome rustls android"}, // [x-negmodL]
	// A chain: whether the client can check signatures by such a key. Go, Java and Mbed TLS cannot even read some.
	// [kI-pss-none kR-pss-sha384]
	{cert.KeyRSAPSS, issuers, "openssl-1.0 openssl-1.1.0 boringssl mbedtls go chrome firefox bearssl rustls platforms"},
	{cert.KeyBarePSS, issuers, "botan"},         // [kI-pss-none; kR-pss-sha384 accepted]
	{cert.KeyParamPSS, issuer, "wolfssl botan"}, // [I:key=pss-sha256 I:key=pss-sha384; kR-pss-sha384 accepted]
	// [kR-p192: 96 bits of security]
	{cert.KeyP192, issuers, "level-2 boringssl wolfssl nss botan go java chrome firefox bearssl rustls platforms"},
	// [kI-p224]
	{cert.KeyP224, issuers, "nss java chrome firefox bearssl rustls platforms"},
	// [kR-secp256k1]
	{cert.KeySecp256k1, issuers, "boringssl gnutls nss go java chrome firefox bearssl rustls platforms"},
	// [kI-bp256 kR-bp512]
	{cert.KeyBrainpool, issuers, "boringssl gnutls nss go java chrome firefox bearssl rustls android apple"},
	// [none of the curves that any of them knows]
	{cert.KeyOtherCurve, issuers, "boringssl mbedtls wolfssl gnutls nss botan go java chrome firefox bearssl rustls platforms"},
	// [kI-ed25519 kR-ed25519]
	{cert.KeyEd25519, issuers, "openssl-1.0 openssl-1.1.0 mbedtls nss chrome firefox bearssl apple windows"},
	// [kL-ed448: whoever takes it in a leaf]
	{cert.KeyEd448, issuers, "openssl-1.0 openssl-1.1.0 boringssl mbedtls nss botan go chrome firefox bearssl rustls platforms"},
	// [kI-dsa1024 kR-dsa2048]
	{cert.KeyDSA, issuers, "boringssl mbedtls wolfssl go chrome firefox bearssl rustls android apple"},
	// [kI-dsa1024; kR-dsa2048 accepted]
	{cert.KeyShortDSA, issuers, "level-2 botan"},
	// [kI-mldsa44 kI-mldsa65 kR-mldsa44]
	{cert.KeyMLDSA, issuers, "openssl !node-24 boringssl-android mbedtls wolfssl gnutls nss botan go java firefox bearssl rustls platforms"},
	// [a key that no client knows]
	{cert.KeyUnknown, issuers, "openssl boringssl mbedtls wolfssl gnutls nss botan go java chrome firefox bearssl rustls platforms"},
	// [kI-p384-explicit kR-p384-explicit]
	{cert.ExplicitCurve, issuers, "openssl-3 boringssl mbedtls wolfssl gnutls nss go java chrome firefox bearssl rustls platforms"},
	// [kI-p384-compressed kR-p384-compressed]
	{cert.Compressed, issuers, "mbedtls gnutls nss go java firefox bearssl apple"},
	// [kI-p256-hybrid]
	{cert.Hybrid, issuers, "boringssl mbedtls wolfssl gnutls nss go java chrome firefox bearssl rustls platforms"},
	// [kI-rsa-e34bit kR-rsa-e34bit]
	{cert.Exponent33, issuers, "boringssl go chrome rustls android"},
	{cert.Exponent31, issuers, "go"},                                                     // [kI-rsa-e34bit: crypto/rsa]
	{cert.NoKeyNull, path, "boringssl go chrome firefox rustls android"},                 // [kI-rsa-absent kL-rsa-absent]
	{cert.NegativeKey, path, "boringssl botan go chrome firefox bearssl rustls android"}, // [x-negmodL]
	// [kL-secp256k1-forced: crypto/x509 reads four curves]
	{cert.KeySecp256k1, list, "go"},
	{cert.KeyBrainpool, list, "go"},               // [kI-bp256]
	{cert.KeyP192, list, "go"},                    // [as others that it cannot read]
	{cert.ExplicitCurve, list, "go java mbedtls"}, // [kI-p384-explicit]
	{cert.Compressed, list, "go java mbedtls"},    // [kI-p384-compressed]
	{cert.Hybrid, list, "go java mbedtls"},        // [kI-p256-hybrid]
	{cert.NoKeyNull, list, "go"},                  // [kI-rsa-absent]
	{cert.NegativeKey, list, "go"},                // [x-negmodL]
	{cert.KeyRSAPSS, list, "mbedtls"},             // [kI-pss-none]
	{cert.KeyEd25519, list, "mbedtls"},            // [kI-ed25519]
	{cert.KeyEd448, list, "mbedtls"},              // [knows RSA and EC keys only]
	{cert.KeyDSA, list, "mbedtls"},                // [kI-dsa1024]
	{cert.KeyMLDSA, list, "mbedtls botan"},        // [kI-mldsa44]
	{cert.Exponent64, handshakes, "firefox nss"},  // [rsa2048e128bit]
	{cert.Exponent64, issuers, "firefox nss"},     // [rsa2048e128bit]
}
