package client

import "github.com/tlschain/tlschain/rules/cert"

// openSSLClients is OpenSSL, what is linked to it, and BoringSSL's own verifier.
// All of them build a single path and check it only when it is complete. An
// issuer must fit by name and authority key identifier, issuer and serial in it
// included [23a 23b 23e]; once a certificate came from the store, the list is
// not looked at again [16a r0055]; only a self-signed anchor ends the path
// [16a], and the first of equal names in the store is taken [28p 20n]. A
// self-signed certificate in the list ends the presented part [07d].
func openSSLClients() []row {
	// tls.checkServerIdentity [n-w-mid n-us-wild]
	node := cert.HostRules{NameDot: true, Wildcard: cert.InLabel, CommonName: cert.CommonNoDNS, Dot: cert.DotSent}
	// Before 2022 it looked at URIs, and at the common name only where none of these
	// names was [n-cn-san-ip n-uri-only, L:san=email:a@test.example L:cn=test.example].
	oldNode := node
	oldNode.URI, oldNode.CommonName = true, cert.CommonOnlyOdd
	// [L:san=dns:test.example,email:no-at-sign I:nc=-email:other.com, L:san=dns:test.example,uri: I:nc=-uri:.other,
	// L:san=dns:test.example,hex:7f0000 I:nc=-ip:10.0.0.0/8]
	const unreadable = FormEmail | FormURI | FormIP
	common := Builder{
		MaxBytes: 102400, ParseAll: true, RefuseAll: trailingData, // [25i 25t]
		CandidateFilter: KeyID | IssuerSerial | CertSign, StoreCandidateFilter: KeyID | IssuerSerial | CertSign,
		SelfIssuedTest: KeyID | IssuerSerial | CertSign,
		// [learned: a loop of two]
		Backtracking: NeverBacktrack, CandidateLimit: FirstCandidate, SkipOnPath: true, StoreOnly: true, SelfSigned: true,
		Anchor: SelfSignedAnchor, V1: V1Roots, LeafTrust: SelfSignedLeaf, MaxPath: 100, // [18d100]
		Sent: checkPath, Store: checkPath,
		KeyPSS:       KeyPSSAll,                                                  // [I:key=pss-sha256 L:sig=psssha256-salt20]
		LeafAnyUsage: true, LeafUsageEC12: true, LeafEKU: true, CommonName: true, // [e-ku-ka e-ku-nr]
		// X509_check_host [n-w-pre n-w-mid n-us-wild n-cn-san-ip n-dot-host]
		Host: cert.HostRules{Wildcard: cert.LabelEdge, LDH: true, CommonName: cert.CommonNoDNS, Dot: cert.DotSent},
	}
	// Up to 1.0.2 the list is followed to its end before the store is looked at
	// [06], and of certificates in the store only dates and name constraints
	// count [17a 19i 19m 19o r1045]. A CA needs keyCertSign only [19g].
	v101 := with(common, func(b *Builder) {
		b.TLS12, b.MaxPath = true, 99
		b.Prefer = [8]Preference{FromList}
		b.Store = Dates | NameLimits
		b.UsageCA, b.SelfIssuedFree = true, true
		// "unsupported name constraint type" [c-ip-ok c-cn-p]
		b.Constraints = ConstraintRules{RefusePermitted: FormIP, RefuseExcluded: FormIP, RefuseRare: true, Malformed: unreadable}
	})
	// 0.9.8 has no name constraints [19q], no ECDSA with SHA-2 [r0731], and
	// compares the letters of names.
	v098 := with(v101, func(b *Builder) {
		b.NameConstraints, b.Store = ConstraintsUnknown, Dates
		b.NoECDSA2, b.RootSignature = true, true
		b.Names, b.AnchorNames = Text, Text // [25p]
	})
	trustedFirst := with(v101, func(b *Builder) { b.Prefer = [8]Preference{FromStore} }) // [08 10c accepted, 16g rejected]
	// From 1.1.0 on the store comes first and, within store or list, what is
	// valid [08d 09b 10b 16g]. Security level 1.
	v110 := with(common, func(b *Builder) {
		b.TLS12 = true
		b.Prefer = [8]Preference{FromStore, ValidNow, LatestEnd}
		b.MinHash, b.MinRSA = SHA1, 1024 // [17a 26c kL-rsa768]
		b.UsageAnchor = true             // [e-bcR-none]
		b.SelfIssuedFree = true
		b.Constraints = ConstraintRules{Common: CommonOfLeaf, CommonHost: true, Comparisons: maxComparisons, RefuseRare: true,
			Malformed: unreadable}
		b.Host = oldNode // as Node.js 10, which was run
	})
	// From 1.1.1 on key usage is not asked when choosing [r0894 r1602], but the
	// kind of key is [r1181 r1673].
	v111 := with(v110, func(b *Builder) {
		b.TLS12, b.SelfIssuedFree, b.Host = false, false, node // [19i]; as Node.js 16
		b.CandidateFilter, b.StoreCandidateFilter, b.SelfIssuedTest = KeyID|IssuerSerial|KeyKind, KeyID|IssuerSerial|KeyKind, KeyID|IssuerSerial
	})
	// 3.0 rates SHA-1 lower, and 80 bits of security are RSA of 919 bits [17a kI-rsa1024]
	level1 := with(v111, func(b *Builder) { b.MinHash, b.MinRSA, b.Host = SHA256, 919, common.Host })
	// Debian's default, and 3.5's: 112 bits of security [26b kL-rsa2047]
	level2 := with(level1, func(b *Builder) { b.MinRSA = 1962 })
	// X509_V_FLAG_PARTIAL_CHAIN [16a 16d 28p]
	partial := with(level2, func(b *Builder) { b.Anchor, b.LeafTrust = AnyAnchor, ExactLeaf })
	// X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS [n-w-pre]
	python := cert.HostRules{LDH: true, CommonName: cert.CommonNoDNS, Dot: cert.DotSent}
	return []row{
		{
			id: "openssl-0.9.8", title: "OpenSSL 0.9.8", family: "openssl", version: "0.9.8l", also: "openssl-1.0",
			store: systemStore, builder: v098,
		},
		{
			id: "openssl-1.0.1", title: "OpenSSL 1.0.1", family: "openssl", version: "1.0.1i", also: "openssl-1.0",
			store: systemStore, builder: v101,
		},
		{
			id: "openssl-1.0.2", title: "OpenSSL 1.0.2", family: "openssl", version: "1.0.2k and 1.0.2s", also: "openssl-1.0",
			store: systemStore,
			// 1.0.2 goes back to look for a shorter path in the store, but not after a
			// date has failed [06 28r accepted, 08 09 rejected].
			builder: with(v101, func(b *Builder) {
				b.CandidateLimit, b.Backtracking = FirstOfEach, BacktrackAtDeadEnds
				b.Host = oldNode // as Node.js 8
			}),
		},
		{
			id: "openssl-1.0.2-trusted-first", title: "OpenSSL 1.0.2 with -trusted_first", family: "openssl", version: "1.0.2k", also: "openssl-1.0",
			store: systemStore, builder: trustedFirst,
		},
		{
			id: "openssl-1.1.0", title: "OpenSSL 1.1.0", family: "openssl", version: "1.1.0i, as in Node.js 10", also: "openssl-1.1",
			store: systemStore, builder: v110,
		},
		{
			id: "openssl-1.1.1", title: "OpenSSL 1.1.1", family: "openssl", version: "1.1.1v, as in Node.js 16", group: Broad, also: "openssl-1.1",
			store: systemStore, builder: v111,
		},
		{
			id: "openssl-3.0", title: "OpenSSL 3.0", family: "openssl", version: "3.0.22 of Debian 12", group: Modern, also: "openssl-3 level-2",
			store: systemStore, builder: level2,
		},
		{
			id: "debian", title: "Debian (OpenSSL 3.0 and ca-certificates)", family: "openssl", like: "openssl-3.0",
			store: stores{clients: systemStore.clients},
		},
		{
			id: "python-3.11", title: "Python 3.11", family: "openssl", version: "3.11.7 with OpenSSL 3.0.22", group: Broad,
			also:  "openssl-3 level-2",
			store: systemStore, builder: with(level2, func(b *Builder) { b.Host = python }),
			aliases: []alias{{"python-3.12", Documented, "the flags of ssl.create_default_context changed in 3.13"}},
		},
		{
			id: "python-3.13", title: "Python 3.13 and later", family: "openssl", group: Broad, also: "openssl-3 level-2",
			version: "3.11.2 with the flags of 3.13, with OpenSSL 3.0.19",
			store:   systemStore, builder: with(partial, func(b *Builder) { b.Host = python }), // strict besides: see strictRefusals
			aliases: []alias{{"python-3.14", Documented, "the flags of ssl.create_default_context are those of 3.13"}},
		},
		{
			id: "node-20", title: "Node.js 20", family: "openssl", version: "20.20.2 with OpenSSL 3.0.19", group: Broad, also: "openssl-3",
			store:   stores{clients: []string{"node-20", "mozilla"}}, // each version ships a list of its own
			builder: with(level1, func(b *Builder) { b.Host = node }),
			aliases: []alias{{"node-22", Assumed, "both have OpenSSL 3.0 at security level 1"}},
		},
		{
			id: "node-24", title: "Node.js 24", family: "openssl", version: "24.21.0 with OpenSSL 3.5.8", group: Broad, also: "openssl-3 level-2",
			store: stores{clients: []string{"node-24", "mozilla"}},
			builder: with(level2, func(b *Builder) {
				b.Host = node
				b.Host.Numeric = true // [n-digits]
			}),
			aliases: []alias{{"openssl-3.5", Assumed, "Node.js 24 has OpenSSL 3.5.9; which wildcards it takes in a name is its own"}},
		},
		{
			id: "curl", title: "curl", family: "openssl", version: "7.88.1 with OpenSSL 3.0.22", group: Modern, also: "openssl-3 level-2",
			store: systemStore,
			builder: with(partial, func(b *Builder) {
				b.Host = cert.HostRules{Dot: cert.DotNone, CommonName: cert.CommonNoHost, CommonIP: true} // [n-dot-both n-w-pre]
			}),
		},
		{
			id: "boringssl-android", title: "BoringSSL's own verifier, as in Android 13", family: "boringssl", version: "13.0.0_r24",
			store: systemStore,
			builder: with(trustedFirst, func(b *Builder) {
				b.UsageCA, b.TLS12, b.LeafUsage13 = false, false, true // [19g e-ku-ka]
				b.Constraints.NeedSAN = true                           // "Issuer has name constraints but leaf has no SANs" [c-cn-p]
				b.Host = cert.HostRules{LDH: true, Dot: cert.DotSent}  // [n-us-wild n-w-pre]
			}),
		},
		{
			id: "bun", title: "Bun", family: "boringssl", version: "1.4.5",
			store: mozillaStore,
			// Bun skips an expired anchor [16g 28r accepted] and keeps its store in the
			// order of the bytes of certificates [20n 28p accepted, r0108 r1181 rejected].
			builder: with(common, func(b *Builder) {
				b.StoreCandidateFilter |= Dates
				b.Prefer, b.PreferStore = [8]Preference{FromStore}, [4]Preference{OwnBytes}
				b.SelfIssuedTest = KeyID | IssuerSerial                  // [22b]
				b.MinHash, b.UsageAnchor, b.LeafUsage = SHA1, true, true // [e-bcR-none e-ku-ka]
				b.Policies = PoliciesWithAnchor                          // [p01 p04n p08]
				b.Host = node
				b.Constraints = ConstraintRules{
					NeedSAN: true, Wildcards: true, DropDot: true, DropNameDot: true, Comparisons: maxComparisons, // [c-w-xother, I:nc=+dns:test.example.]
					RefusePermitted: FormIP, RefuseExcluded: FormIP, // [c-ip-ok]
					RefuseRare: true, Malformed: unreadable,
				}
			}),
		},
	}
}
