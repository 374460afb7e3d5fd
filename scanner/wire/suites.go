package wire

// The cipher suites of SSL 3.0 to TLS 1.2 that come with a certificate, by the
// key that the certificate needs, best first. Anonymous suites, Kerberos, plain
// PSK and SRP show none. (IANA TLS Cipher Suites; export and DES: RFC 2246
// appendix A.5; EXPORT1024: draft-ietf-tls-56-bit-ciphersuites-01.)
//
// ECDHE with RSA comes before ECDHE with ECDSA, as in the signature algorithms
// of crypto/tls, so that a server with two keys shows the same one to --fast
// as to a handshake of TLS 1.3.

var suitesECDHE_RSA = []uint16{
	0xc02f, 0xc030, 0xcca8, 0xc013, 0xc014, 0xc027, 0xc028, // AES, ChaCha20
	0xc08a, 0xc08b, 0xc076, 0xc077, 0xc060, 0xc061, 0xc04c, 0xc04d, // Camellia, ARIA
	0xc012, 0xc011, // 3DES, RC4
}

var suitesECDHE_ECDSA = []uint16{
	0xc02b, 0xc02c, 0xcca9, 0xc009, 0xc00a, 0xc023, 0xc024,
	0xc0ac, 0xc0ad, 0xc0ae, 0xc0af, // CCM
	0xc086, 0xc087, 0xc072, 0xc073, 0xc05c, 0xc05d, 0xc048, 0xc049,
	0xc008, 0xc007,
}

var suitesDHE_RSA = []uint16{
	0x009e, 0x009f, 0xccaa, 0x0033, 0x0039, 0x0067, 0x006b, 0xc09e, 0xc09f, 0xc0a2, 0xc0a3,
	0xc07c, 0xc07d, 0x0045, 0x0088, 0x00be, 0x00c4, 0xc052, 0xc053, 0xc044, 0xc045,
	0x009a, 0x0016, // SEED, 3DES
}

var suitesRSA = []uint16{
	0x009c, 0x009d, 0x002f, 0x0035, 0x003c, 0x003d, 0xc09c, 0xc09d, 0xc0a0, 0xc0a1,
	0xc07a, 0xc07b, 0x0041, 0x0084, 0x00ba, 0x00c0, 0xc050, 0xc051, 0xc03c, 0xc03d,
	0x0096, 0x0007, 0x000a, 0x0005, 0x0004, // SEED, IDEA, 3DES, RC4
}

// suitesStaticDH need a certificate with a Diffie-Hellman or ECDH key.
var suitesStaticDH = []uint16{
	0xc02d, 0xc02e, 0xc004, 0xc005, 0xc025, 0xc026, 0xc003, 0xc002, // ECDH, signed with ECDSA
	0xc031, 0xc032, 0xc00e, 0xc00f, 0xc029, 0xc02a, 0xc00d, 0xc00c, // ECDH, signed with RSA
	0x00a0, 0x00a1, 0x0031, 0x0037, 0x003f, 0x0069, 0x0010, // DH, signed with RSA
	0x00a4, 0x00a5, 0x0030, 0x0036, 0x003e, 0x0068, 0x000d, // DH, signed with DSA
}

var suitesDSA = []uint16{
	0x00a2, 0x00a3, 0x0032, 0x0038, 0x0040, 0x006a, 0x0044, 0x0087, 0x00bd, 0x00c3, 0xc080, 0xc081, 0xc056, 0xc057, 0xc042, 0xc043,
	0x0099, 0x0013, 0x0066, // SEED, 3DES, RC4
}

// suitesOther are what nobody should speak and some still do: GOST, then DES,
// export ciphers and none at all.
var suitesOther = []uint16{
	0xc100, 0xc101, 0xc102, 0xff85, 0x0081, 0x0083, // GOST (RFC 9189 and before)
	0x0015, 0x0009, 0x0012, 0x000c, 0x000f, // DES
	0x0063, 0x0062, 0x0064, 0x0065, 0x0060, 0x0061, // EXPORT1024
	0x0014, 0x0011, 0x0008, 0x0006, 0x0003, 0x000b, 0x000e, // EXPORT40
	0xc010, 0xc006, 0xc00b, 0xc001, 0x003b, 0x0002, 0x0001, // NULL
}

// Suites that are offered for a certificate with one type of key, and for any.
var (
	ecdsaSuites = [][]uint16{suitesECDHE_ECDSA}
	rsaSuites   = [][]uint16{suitesECDHE_RSA, suitesDHE_RSA, suitesRSA}
	allSuites   = [][]uint16{suitesECDHE_RSA, suitesECDHE_ECDSA, suitesDHE_RSA, suitesRSA, suitesDSA, suitesStaticDH, suitesOther}
)

// suites lists what a hello of at most TLS 1.2 offers.
func (h Hello) suites() [][]uint16 {
	switch h.Keys {
	case ECDSA:
		return ecdsaSuites
	case RSA:
		return rsaSuites
	}
	return allSuites
}

// curves lists the groups of a hello of at most TLS 1.2, by which the curve of
// the certificate's key is limited too (RFC 8422 section 5.1). No finite field
// is among them: naming one would keep servers from using any other (RFC 7919
// section 4).
var curves = []uint16{
	23, 29, 24, 25, 30, // P-256, X25519, P-384, P-521, X448
	26, 27, 28, 22, // brainpool, secp256k1
	21, 20, 19, 18, 17, 16, 15, // smaller ones
	14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, // over binary fields
	34, 35, 36, 37, 38, 39, 40, // GOST (RFC 9189)
}

// allSignatures are signature algorithms (IANA TLS SignatureScheme), in the order
// of crypto/tls as far as that goes. Those below the line of SHA-1 are what makes
// an old server show its certificate at all.
var allSignatures = []uint16{
	0x0804, 0x0403, 0x0807, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0503, 0x0603, // as crypto/tls
	0x0808, 0x0809, 0x080a, 0x080b, // Ed448, RSA-PSS keys
	0x081a, 0x081b, 0x081c, // brainpool, TLS 1.3 (RFC 8734)
	0x0904, 0x0905, 0x0906, // ML-DSA (draft-ietf-tls-mldsa)
	0x0708, 0x0709, 0x070a, 0x070b, 0x070c, 0x070d, 0x070e, 0x070f, // SM2 (RFC 8998), GOST (RFC 9367)
	0x0840, 0x0841, 0xeeee, 0xefef, 0xeded, // GOST (RFC 9189 and before)
	0x0402, 0x0502, 0x0602, // DSA
	0x0301, 0x0303, 0x0302, // SHA-224
	0x0201, 0x0203, 0x0202, // SHA-1
	0x0101, 0x0103, // MD5
}

// signatures lists what a hello offers of allSignatures.
func (h Hello) signatures() []uint16 {
	if h.Keys == Any {
		return allSignatures
	}
	var list []uint16
	for _, s := range allSignatures {
		if keyOf(s) == h.Keys {
			list = append(list, s)
		}
	}
	return list
}

// keyOf tells the type of key a signature algorithm needs.
func keyOf(scheme uint16) Keys {
	switch scheme {
	case 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501, 0x0601, 0x0301, 0x0201, 0x0101:
		return RSA
	case 0x0403, 0x0503, 0x0603, 0x0303, 0x0203, 0x0103, 0x081a, 0x081b, 0x081c:
		return ECDSA
	}
	return Any
}
