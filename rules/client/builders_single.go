package client

// singlePath is the other clients that build one path and no second.
func singlePath() map[string]Builder {
	// GnuTLS sorts the list into a chain, follows it to its end and anchors that
	// end [06 08 09 r0606 r0964]; what is left over stays in the chain where the
	// end has no anchor [r0189 r0388 r1407].
	gnutls := Builder{
		MaxBytes: 130500, MaxEntries: 16, ParseAll: true, RefuseAll: trailingData, // [18x015 25i 25t]
		WholeList: true, KeyPSS: KeyPSSHash, NameRows: 127, Names: Text, CandidateFilter: KeyID, Backtracking: NeverBacktrack, // [20n 23a 25o 25p 25q]
		MinHash: SHA256, MinRSA: 1024, EmptyEKU: true, EmptyUsage: true, // [kL-rsa768 e-eku-emptyI e-ku-empty]
		LeafUsage: true, LeafEKU: true, CommonName: true,
	}
	// NSS's classic verifier ranks list and store together and takes the best
	// [21a 21b r0016 r0288 r0456 r1252 r1468]; a stored certificate that was also
	// sent counts as sent, so another one of its rank is later [20n r1549].
	nss := Builder{
		MaxBytes: 131071, ParseAll: true, RefuseAll: trailingData, Names: Bytes, AnchorNames: Bytes, // [25o 25t]
		CandidateFilter: KeyID, StoreCandidateFilter: KeyID,
		Prefer:         [8]Preference{ExactKeyID, CanSign, ValidNow, FromStore, Newest, OnlyStored, LastListed},
		CandidateLimit: FirstCandidate, Backtracking: NeverBacktrack, SelfIssued: true, LeafTrust: ExactLeaf, MaxPath: 19, // [16d 18d20]
		Sent: checkPath, Store: Dates | CA | PathLen | NameLimits | Algorithms, ClientEKU: true, // [19c 19m 28u]
		MinHash: SHA1, MinRSA: 1023, EmptyEKU: true, BareAnchor: true, // [17a kL-rsa768 e-eku-emptyI e-bcR-none]
		LeafAnyUsage: true, LeafEncipher: true, LeafEKU: true, LeafCA: true, CommonName: true, // [19r e-ku-ds e-ku-ka]
	}
	// Mbed TLS looks for an issuer in the store, by signature, and then further
	// down the list by name alone [07 12f 13b 13dn 21a]. What is no CA, may not
	// sign or allows too short a path is passed over [r0083 r1045].
	mbedtls := Builder{
		MaxBytes: 16380, TLS12: true, ParseAll: true, Critical: true, Order: Later, // [r0225]
		CandidateFilter: CA | CertSign | PathLen, StoreCandidateFilter: CA | CertSign | PathLen | Signature,
		Prefer: [8]Preference{FromStore, ValidNow}, CandidateLimit: FirstCandidate, Backtracking: NeverBacktrack, // [10b 16g]
		LeafTrust: SelfSignedLeaf, MaxPath: 8, // [16d 18d09 22b]
		Sent: checkPath &^ EKU, Store: Dates | Algorithms, MinHash: SHA256, MinRSA: 2041, MaxRSA: 8192, // whole octets of 2048 bits [19c r0452 kL-rsa2047 kI-rsa16384]
		NameConstraints: ConstraintsUnknown, // [c-x-nc]
		LeafUsage:       true, LeafEKU: true, AnyEKU: true, CommonName: true,
	}
	// wolfSSL verifies the list from its end and keeps the CAs that it could
	// verify; one that it can verify must be good [08c 10a r1508 r1602], may sign
	// [r0068] and leaves it room below the anchor; what is no CA must be verifiable
	// [r0132 r0183].
	wolfssl := Builder{
		MaxBytes: 18462, ParseAll: true, MaxEntries: 9, MaxPath: 8, // [18d09 18x008]
		Order: Later, SignerTableSize: 11, CandidateFilter: KeyID, StoreCandidateFilter: KeyID, Backtracking: NeverBacktrack, // [13s 13dn r0451]
		LeafTrust: ExactLeaf, Sent: Signature | Dates | Unknown | NameLimits | Algorithms, Store: NameLimits, NameConstraints: ConstraintsDirect, // [08b 16d 19c r0411 r0617]
		MinRSA: 1024, MaxRSA: 4096, LeafUsage12: true, LeafEKU: true, CommonName: true, // [kI-rsa512 kL-rsa8192 e-ku-ka]
	}
	// BearSSL takes the list as it is, up to the first certificate that an anchor
	// has signed, and knows nothing of anchors but name and key [04 10a 12a 25i].
	bearssl := Builder{
		Order: Next, Refuse: trailingData, Names: Bytes, AnchorNames: Bytes, StoreCandidateFilter: Signature | CA, V1: V1None,
		Prefer: [8]Preference{FromStore}, CandidateLimit: FirstCandidate, Backtracking: NeverBacktrack, LeafTrust: KeyLeaf,
		Sent: checkPath &^ EKU, MinHash: SHA1, MinRSA: 1017, MaxRSA: 4096, NameConstraints: ConstraintsUnknown, // [17a 19j 19q kI-rsa512 kL-rsa8192]
		LeafUsage: true, Commitment: true, CommonName: true, // [e-ku-nr]
	}
	return map[string]Builder{
		"gnutls-3.7":   gnutls,
		"nss-3.87":     nss,
		"mbedtls-2.28": mbedtls,
		"wolfssl-5.5":  wolfssl,
		"bearssl-0.6":  bearssl,
	}
}
