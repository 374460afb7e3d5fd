package client

// openSSL is OpenSSL, what is linked to it, and BoringSSL's own verifier. All
// of them build a single path and check it only when it is complete. An issuer
// must fit by name and authority key identifier, issuer and serial in it
// included [23a 23b 23e]; once a certificate came from the store, the list is
// not looked at again [16a r0055]; only a self-signed anchor ends the path
// [16a], and the first of equal names in the store is taken [28p 20n]. A
// self-signed certificate in the list ends the presented part [07d].
func openSSL() map[string]Builder {
	common := Builder{
		MaxBytes: 102400, ParseAll: true, RefuseAll: trailingData, // [25i 25t]
		CandidateFilter: KeyID | IssuerSerial | CertSign, StoreCandidateFilter: KeyID | IssuerSerial | CertSign, SelfIssuedTest: KeyID | IssuerSerial | CertSign,
		Backtracking: NeverBacktrack, CandidateLimit: FirstCandidate, SkipOnPath: true, StoreOnly: true, SelfSigned: true, // [learned: a loop of two]
		Anchor: SelfSignedAnchor, V1: V1Roots, LeafTrust: SelfSignedLeaf, MaxPath: 100, // [18d100]
		Sent: checkPath, Store: checkPath,
		KeyPSS:       KeyPSSAll,                                                  // [I:key=pss-sha256 L:sig=psssha256-salt20]
		LeafAnyUsage: true, LeafUsageEC12: true, LeafEKU: true, CommonName: true, // [e-ku-ka e-ku-nr]
	}
	// Up to 1.0.2 the list is followed to its end before the store is looked at
	// [06], and of certificates in the store only dates and name constraints
	// count [17a 19i 19m 19o r1045]. A CA needs keyCertSign only [19g].
	v101 := with(common, func(b *Builder) {
		b.TLS12, b.MaxPath = true, 99
		b.Prefer = [8]Preference{FromList}
		b.Store = Dates | NameLimits
		b.UsageCA, b.SelfIssuedFree = true, true
	})
	// 0.9.8 has no name constraints [19q], no ECDSA with SHA-2 [r0731], and
	// compares the letters of names.
	v098 := with(v101, func(b *Builder) {
		b.NameConstraints, b.Store = ConstraintsUnknown, Dates
		b.NoECDSA2, b.RootSignature = true, true
		b.Names, b.AnchorNames = Text, Text // [25p]
	})
	// 1.0.2 goes back to look for a shorter path in the store, but not after a
	// date has failed [06 28r accepted, 08 09 rejected].
	v102 := with(v101, func(b *Builder) { b.CandidateLimit, b.Backtracking = FirstOfEach, BacktrackAtDeadEnds })
	trustedFirst := with(v101, func(b *Builder) { b.Prefer = [8]Preference{FromStore} }) // [08 10c accepted, 16g rejected]
	android := with(trustedFirst, func(b *Builder) {
		b.UsageCA, b.TLS12, b.LeafUsage13 = false, false, true // [19g e-ku-ka]
	})
	// From 1.1.0 on the store comes first and, within store or list, what is
	// valid [08d 09b 10b 16g]. Security level 1.
	v110 := with(common, func(b *Builder) {
		b.TLS12 = true
		b.Prefer = [8]Preference{FromStore, ValidNow, LatestEnd}
		b.MinHash, b.MinRSA = SHA1, 1024 // [17a 26c kL-rsa768]
		b.UsageAnchor = true             // [e-bcR-none]
		b.SelfIssuedFree = true
	})
	// From 1.1.1 on key usage is not asked when choosing [r0894 r1602], but the
	// kind of key is [r1181 r1673].
	v111 := with(v110, func(b *Builder) {
		b.TLS12, b.SelfIssuedFree = false, false // [19i]
		b.CandidateFilter, b.StoreCandidateFilter, b.SelfIssuedTest = KeyID|IssuerSerial|KeyKind, KeyID|IssuerSerial|KeyKind, KeyID|IssuerSerial
	})
	level1 := with(v111, func(b *Builder) { b.MinHash, b.MinRSA = SHA256, 919 })               // 3.0 rates SHA-1 lower, and 80 bits of security are RSA of 919 bits [17a kI-rsa1024]
	level2 := with(level1, func(b *Builder) { b.MinRSA = 1962 })                               // Debian's default, and 3.5's: 112 bits of security [26b kL-rsa2047]
	partial := with(level2, func(b *Builder) { b.Anchor, b.LeafTrust = AnyAnchor, ExactLeaf }) // X509_V_FLAG_PARTIAL_CHAIN [16a 16d 28p]
	// Bun skips an expired anchor [16g 28r accepted] and keeps its store in the
	// order of the bytes of certificates [20n 28p accepted, r0108 r1181 rejected].
	bun := with(common, func(b *Builder) {
		b.StoreCandidateFilter |= Dates
		b.Prefer, b.PreferStore = [8]Preference{FromStore}, [4]Preference{OwnBytes}
		b.SelfIssuedTest = KeyID | IssuerSerial                  // [22b]
		b.MinHash, b.UsageAnchor, b.LeafUsage = SHA1, true, true // [e-bcR-none e-ku-ka]
		b.Policies = PoliciesWithAnchor                          // [p01 p04n p08]
	})
	return map[string]Builder{
		"openssl-0.9.8":               v098,
		"openssl-1.0.1":               v101,
		"openssl-1.0.2":               v102,
		"openssl-1.0.2-trusted-first": trustedFirst,
		"openssl-1.1.0":               v110,
		"openssl-1.1.1":               v111,
		"openssl-3.0":                 level2,
		"python-3.11":                 level2,
		"node-20":                     level1,
		"node-24":                     level2,
		"python-3.13":                 partial, // strict besides: see strictRefusals
		"curl":                        partial,
		"boringssl-android":           android,
		"bun":                         bun,
	}
}
