package client

import "github.com/tlschain/tlschain/rules/cert"

// libraryClients is the libraries for C, C++ and Rust other than OpenSSL.
func libraryClients() []row {
	rustls23 := Builder{
		MaxBytes: 65515, Refuse: trailingData, Names: Bytes, AnchorNames: Bytes, MaxPath: 6, // [18d07]
		LeafTrust: SelfSignedLeaf, Sent: checkPath &^ CertSign, Store: NameLimits | Algorithms, // [08b 19f 19i 22b]
		MinHash: SHA256, MinRSA: 2048, MaxRSA: 8192, LeafEKU: true, LeafCA: true, // [19r 26b kI-rsa16384]
		Host: cert.HostRules{Numeric: true}, // [n-digits]
		// It counts to 250,000 by its source: it was not run on so many.
		Constraints: ConstraintRules{
			Wildcards: true, Comparisons: 250000,
			RefusePermitted: FormDirectory | FormEmail | FormURI, RefuseExcluded: FormDirectory | FormEmail | FormURI, // [c-dir-ok]
			// [L:san=dns:-a.test.example,dns:test.example I:nc=+dns:test.example]
			RefuseRare: true, Malformed: FormDNS | FormIP, Domains: DomainHosts,
		},
	}
	return []row{
		{
			id: "gnutls-3.7", title: "GnuTLS 3.7", family: "gnutls", version: "3.7.9", group: Modern,
			store: systemStore,
			// GnuTLS sorts the list into a chain, follows it to its end and anchors that
			// end [06 08 09 r0606 r0964]; what is left over stays in the chain where the
			// end has no anchor [r0189 r0388 r1407].
			builder: Builder{
				MaxBytes: 130500, MaxEntries: 16, ParseAll: true, RefuseAll: trailingData, // [18x015 25i 25t]
				// [20n 23a 25o 25p 25q]
				ListValidation: true, KeyPSS: KeyPSSHash, AnchorTableSize: 127, Names: Text, CandidateFilter: KeyID, Backtracking: NeverBacktrack,
				MinHash: SHA256, MinRSA: 1024, EmptyEKU: true, EmptyUsage: true, // [kL-rsa768 e-eku-emptyI e-ku-empty]
				LeafUsage: true, LeafEKU: true, CommonName: true,
				Host: cert.HostRules{Wildcard: cert.LabelStart, CommonName: cert.CommonOnlyOdd}, // [n-dot-both]
				Constraints: ConstraintRules{
					// [I:nc=+dns:test.example J:san=dns:other.example, I:nc=+dns:test.example.]
					Common: CommonOfLeaf, LeafOnly: true, DropDot: true, Comparisons: maxComparisons,
					SkipPermitted: FormURI | FormDirectory, RefuseExcluded: FormURI | FormDirectory, // [c-dir-x, I:nc=+dir:another]
				},
			},
		},
		{
			id: "mbedtls-2.28", title: "Mbed TLS 2.28", family: "mbedtls", version: "2.28.3",
			store: systemStore,
			// Mbed TLS looks for an issuer in the store, by signature, and then further
			// down the list by name alone [07 12f 13b 13dn 21a]. What is no CA, may not
			// sign or allows too short a path is passed over [r0083 r1045].
			builder: Builder{
				MaxBytes: 16380, TLS12: true, ParseAll: true, Critical: true, Order: Later, // [r0225]
				CandidateFilter: CA | CertSign | PathLen, StoreCandidateFilter: CA | CertSign | PathLen | Signature,
				Prefer: [8]Preference{FromStore, ValidNow}, CandidateLimit: FirstCandidate, Backtracking: NeverBacktrack, // [10b 16g]
				LeafTrust: SelfSignedLeaf, MaxPath: 8, // [16d 18d09 22b]
				// whole octets of 2048 bits [19c r0452 kL-rsa2047 kI-rsa16384]
				Sent: checkPath &^ EKU, Store: Dates | Algorithms, MinHash: SHA256, MinRSA: 2041, MaxRSA: 8192,
				NameConstraints: ConstraintsUnknown, // [c-x-nc]
				LeafUsage:       true, LeafEKU: true, AnyEKU: true, CommonName: true,
				Host: cert.HostRules{TopLevel: true, Address: cert.AddressAsName, Dot: cert.DotSent}, // [n-ip-dns n-ip-wild]
			},
		},
		{
			id: "wolfssl-5.5", title: "wolfSSL 5.5", family: "wolfssl", version: "5.5.4 of Debian 12",
			store: systemStore,
			// wolfSSL verifies the list from its end and keeps the CAs that it could
			// verify; one that it can verify must be good [08c 10a r1508 r1602], may sign
			// [r0068] and leaves it room below the anchor; what is no CA must be verifiable
			// [r0132 r0183].
			builder: Builder{
				MaxBytes: 18462, ParseAll: true, MaxEntries: 9, MaxPath: 8, // [18d09 18x008]
				// [13s 13dn r0451]
				Order: Later, SignerTableSize: 11, CandidateFilter: KeyID, StoreCandidateFilter: KeyID, Backtracking: NeverBacktrack,
				// [08b 16d 19c r0411 r0617]
				LeafTrust: ExactLeaf, Sent: Signature | Dates | Unknown | NameLimits | Algorithms, Store: NameLimits,
				NameConstraints: ConstraintsDirect,
				// [kI-rsa512 kL-rsa8192 e-ku-ka]
				MinRSA: 1024, MaxRSA: 4096, LeafUsage12: true, LeafEKU: true, CommonName: true,
				// [n-w-star n-w-inner n-ip-dns]
				Host: cert.HostRules{CommonName: cert.CommonOnlyOdd, Wildcard: cert.Greedless, Address: cert.AddressOrName, Dot: cert.DotSent},
				// [c-ip-dnsperm, L:san=dns:.test.example,dns:test.example I:nc=-dns:.test.example]
				Constraints: ConstraintRules{Common: CommonOfAny, EveryName: true, NoFirstDot: true,
					SkipPermitted: FormURI | FormIP, SkipExcluded: FormURI | FormIP},
			},
		},
		{
			id: "bearssl-0.6", title: "BearSSL 0.6", family: "bearssl", version: "0.6",
			store: systemStore,
			// BearSSL takes the list as it is, up to the first certificate that an anchor
			// has signed, and knows nothing of anchors but name and key [04 10a 12a 25i].
			builder: Builder{
				Order: Next, Refuse: trailingData, Names: Bytes, AnchorNames: Bytes, StoreCandidateFilter: Signature | CA, V1: V1None,
				Prefer: [8]Preference{FromStore}, CandidateLimit: FirstCandidate, Backtracking: NeverBacktrack, LeafTrust: KeyLeaf,
				// [17a 19j 19q kI-rsa512 kL-rsa8192]
				Sent: checkPath &^ EKU, MinHash: SHA1, MinRSA: 1017, MaxRSA: 4096, NameConstraints: ConstraintsUnknown,
				LeafUsage: true, Commitment: true, CommonName: true, // [e-ku-nr]
				Host: cert.HostRules{TopLevel: true, Address: cert.AddressAsName, Dot: cert.DotSent}, // [n-ip-dns n-ip-wild]
			},
		},
		{
			id: "botan-2.19", title: "Botan 2.19", family: "botan", version: "2.19.3",
			store: systemStore,
			builder: Builder{
				ParseAll: true, CandidateFilter: KeyID, StoreCandidateFilter: KeyID, AnyNameOrder: true, // [23a x-dn-order]
				// [16a 19c]
				Anchor: SelfSignedAnchor, SelfIssuedTest: KeyID | Signature, RootSignature: true, V1: V1Roots,
				Sent: checkPath &^ EKU, Store: checkPath &^ EKU,
				MinHash: SHA256, MinRSA: 2005, MinRSALeaf: 2048, // 110 bits of security; the handshake asks for more [kI-rsa1536 kL-rsa2047]
				LeafUsage: true, LeafEKU: true, EmptyEKU: true, CommonName: true,
				// [n-w-mid n-ip-other, L:san=dns:xn--*.a.test host=xn--4ca.a.test]
				Host: cert.HostRules{Wildcard: cert.InLabel, ALabels: true, Address: cert.AnyAddress, Dot: cert.DotSent},
				Constraints: ConstraintRules{
					Common: CommonOfAny, CommonHost: true, CommonIP: true, Comparisons: 1<<12 - 1, // [I:nc=-many:45 L:san=dns:test.example,many:89]
					RefusePermitted: FormEmail | FormURI, SkipExcluded: FormEmail | FormURI, // [c-em-x c-em-viol]
				},
			},
		},
		{
			id: "rustls-0.20", title: "rustls 0.20", family: "rustls", version: "0.20.8 with webpki 0.22.0",
			store: mozillaStore,
			builder: with(rustls23, func(b *Builder) {
				b.MaxBytes, b.Refuse = 65535, trailingData|negativeSerial|zeroSerial|longSerial // [25a 25g 25h]
				b.NameConstraints, b.Constraints.Comparisons = PermittedFails, 0                // [19q r0918]
				b.Host.Address = cert.NoAddress                                                 // [BetterTLS case 4]
			}),
		},
		{
			id: "rustls-0.23", title: "rustls 0.23", family: "rustls", version: "0.23.40 with webpki 0.103.13, as in Deno 2.9", group: Broad,
			store: mozillaStore, builder: rustls23,
		},
		{
			id: "rustls-0.23-aws-lc", title: "rustls 0.23 with aws-lc-rs, its default", family: "rustls",
			version: "0.23.46 with webpki 0.103.17 and aws-lc-rs",
			store:   mozillaStore, builder: rustls23,
		},
	}
}
