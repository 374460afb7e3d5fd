package client

import "github.com/tlschain/tlschain/rules/cert"

// signatureRefusals is about the algorithms that certificates are signed with. An
// anchor's own signature is not checked, and its algorithm need not be known but
// by clients that read it. How weak a hash may be is MinHash.
var signatureRefusals = []refusal{
	{cert.SignedSHA224, sent, "go chrome firefox rustls apple"},   // [sL-sha224]
	{cert.SignedSHA224, sent13, "java"},                           // [sL-sha224: not among the algorithms that it offers]
	{cert.SignedECSHA224, sent, "go chrome firefox rustls apple"}, // [sL-ec-sha224 sI-ec-sha224]
	{cert.SignedECSHA224, sent13, "java"},                         // [sL-ec-sha224 sI-ec-sha224]
	{cert.SignedDSA, sent13, "java"},                              // [kI-dsa1024 kR-dsa2048]
	// [sI-sha512-256]
	{cert.SignedSHA512T, sent, "openssl boringssl mbedtls wolfssl gnutls nss botan go java chrome firefox bearssl rustls platforms"},
	// [sR-sha512-256: not taken for self-signed]
	{cert.SignedSHA512T, anchor, "openssl-1.1.1 openssl-3.0 python-3.11 node-20 node-24 mbedtls"},
	// [sI-sha3-256]
	{cert.SignedSHA3, sent, "openssl-1.0 openssl-1.1.0 boringssl mbedtls nss botan go java chrome firefox bearssl rustls platforms"},
	{cert.SignedSHA3, anchor, "mbedtls"}, // [as sR-sha512-256]
	// [sL-ec-sha3-256]
	{cert.SignedECSHA3, sent, "openssl !node-24 boringssl mbedtls nss botan go java chrome firefox bearssl rustls platforms"},
	// [as sR-sha512-256]
	{cert.SignedECSHA3, anchor, "openssl-1.1.1 openssl-3.0 python-3.11 node-20 mbedtls"},
	// [sL-pss256 sI-pss512]
	{cert.SignedPSS, sent, "bearssl openssl-0.9.8"},
	// [sL-pss256-salt20 sL-pss256-salt64 sI-pss256-salt64]
	{cert.PSSOddSalt, sent, "boringssl !boringssl-android gnutls go chrome firefox rustls apple"},
	// [sL-pss256-mgf1sha1 sI-pss256-mgf1sha384 sL-pss384-mgf1sha256]
	{cert.PSSOddMask, sent, "bun mbedtls gnutls botan go chrome firefox rustls apple"},
	// [sL-pss256-mgf1sha1 sI-psssha1]
	{cert.PSSWrittenMask, sent, "wolfssl"},
	// [psssha224]
	{cert.PSSWithSHA224, sent, "bun gnutls go chrome firefox rustls bearssl platforms"},
	// [psssha3/256]
	{cert.PSSWithSHA3, sent, "openssl-1.0 openssl-1.1.0 boringssl mbedtls wolfssl gnutls nss botan go chrome firefox rustls bearssl " +
		"platforms"},
	// [psssha3/256]
	{cert.PSSWithSHA3, anchor, "mbedtls botan"},
	// [psssha256-mgfsha1 of a root]
	{cert.PSSOddMask, anchor, "botan"},
	// [sI-psssha1]
	{cert.PSSWithSHA1, sent, "bun"},
	// [sI-ec-sha256-null]
	{cert.SignedECNull, sent, "chrome rustls"},
	// [an algorithm that no client knows]
	{cert.SignedUnknown, sent, "openssl boringssl mbedtls wolfssl gnutls nss botan go java chrome firefox bearssl rustls platforms"},
	// [sL-mismatch]
	{cert.AlgorithmDiffers, sent, "openssl boringssl mbedtls wolfssl gnutls nss botan go java chrome firefox rustls platforms"},
	// [sL-mismatch]
	{cert.AlgorithmDiffers, list, "mbedtls gnutls botan go java"},
	// [sR-mismatch: cannot be loaded]
	{cert.AlgorithmDiffers, anchor, "mbedtls wolfssl gnutls botan go java rustls"},
	// [sI-mismatch-null]
	{cert.ParameterDiffers, sent, "openssl boringssl mbedtls nss go rustls"},
	// [sI-mismatch-null]
	{cert.ParameterDiffers, list, "mbedtls go"},
	// [as sR-mismatch]
	{cert.ParameterDiffers, anchor, "mbedtls go rustls"},
	// [x-sigunusedL]
	{cert.SignatureBits, sent, "openssl boringssl mbedtls wolfssl gnutls go chrome firefox bearssl rustls"},
	// its BitArray drops what is unused [L:unused=1 I:unused=1: half of them, x-sigunusedL accepted]
	{cert.SignatureCut, sent, "java"},
	// [x-sigunusedL]
	{cert.SignatureBits, list, "mbedtls"},
}
