package client

import "github.com/tlschain/tlschain/rules/cert"

// browserClients is Chrome, Firefox, and NSS, which Firefox is built upon.
func browserClients() []row {
	return []row{
		{
			id: "chrome", title: "Chrome", family: "chrome", version: "Chromium 156.0.8078.79", group: Modern,
			aia: true, store: stores{clients: []string{"chrome", "mozilla"}},
			demands: demands{anchors: true, addedFree: true, lifetimes: Lifetimes{Bounds: chromeLifetimes, Last: true}},
			// Chrome looks up an issuer 20 times and no more: 19 intermediates in line, or
			// 9 dead ends [18d20 21h 28h9 28m22 28m23 28m32].
			builder: Builder{
				MaxBytes: 102400, Refuse: trailingData, AnchorNames: Bytes, // [25i 25q]
				Prefer: [8]Preference{TrustedKeyID, NotSelfIssued, Newest}, Count: Lookups, KeyOnce: true, Budget: 20, LeafTrust: ExactLeaf,
				Sent: checkPath, Store: checkPath, MinHash: SHA256, MinRSA: 1024, BareAnchor: true, // [kR-rsa512 e-bcR-none]
				LeafUsage: true, LeafEKU: true, AnyEKU: true, // [24c 28u]
				Policies: PoliciesWithAnchor, // [p01 p04n p08 R:pc=require1]
				Host:     cert.HostRules{NameDot: true, Dot: cert.DotSent},
				Constraints: ConstraintRules{
					Wildcards: true, DropDot: true, DropNameDot: true, Comparisons: maxComparisons, // [L:san=dns:test.example. R:nc=-dns:test.example]
					RefusePermitted: FormURI, RefuseExcluded: FormURI, // [I:nc=-uri:a.other.test L:san=dns:test.example,uri:https://a.other.test/]
					// [L:san=dns:test.example,rid: I:nc=-rid:, L:san=dns:test.example,email:no-at-sign I:nc=-email:other.com]
					RefuseRare: true, Malformed: FormEmail,
				},
			},
		},
		{
			id: "firefox", title: "Firefox without preloaded intermediates", family: "firefox", version: "153.7.0esr", group: Modern,
			store: mozillaStore, demands: firefoxDemands,
			builder: Builder{
				MaxBytes: 131071, MaxCert: 65539, Refuse: trailingData, Names: Bytes, AnchorNames: Bytes, MaxPath: 6, // [18d07 25i 25o 27l066]
				Sent: checkPath, Store: checkPath, MinHash: SHA256, // [19m 28u]
				MinRSA: 1024, LeafAnyUsage: true, LeafEKU: true, LeafCA: true, // [16d 19r 24c e-ku-ka kI-rsa512]
				Host: cert.HostRules{Numeric: true, Dot: cert.DotSent}, // [n-digits n-dot-host]
				Constraints: ConstraintRules{
					Wildcards: true, RefusePermitted: FormURI, RefuseExcluded: FormURI | FormDirectory, // [c-w-xother c-dir-x, I:nc=-dir:another]
					// [L:san=dns:-a.test.example,dns:test.example I:nc=+dns:test.example]
					RefuseRare: true, Malformed: FormDNS | FormEmail | FormIP, Domains: DomainHosts,
				},
			},
		},
		{
			id: "firefox-desktop", title: "Firefox on desktops, with preloaded intermediates", family: "firefox", version: "153.7.0esr",
			like: "firefox", preload: true, store: mozillaStore, demands: firefoxDemands, sources: runs,
		},
		{
			id: "nss-3.87", title: "NSS, classic verifier", family: "nss", version: "3.87.1",
			store: mozillaStore,
			// NSS's classic verifier ranks list and store together and takes the best
			// [21a 21b r0016 r0288 r0456 r1252 r1468]; a stored certificate that was also
			// sent counts as sent, so another one of its rank is later [20n r1549].
			builder: Builder{
				MaxBytes: 131071, ParseAll: true, RefuseAll: trailingData, Names: Bytes, AnchorNames: Bytes, // [25o 25t]
				CandidateFilter: KeyID, StoreCandidateFilter: KeyID,
				Prefer:         [8]Preference{ExactKeyID, CanSign, ValidNow, FromStore, Newest, OnlyStored, LastListed},
				CandidateLimit: FirstCandidate, Backtracking: NeverBacktrack, SelfIssued: true, LeafTrust: ExactLeaf, MaxPath: 19, // [16d 18d20]
				// [19c 19m 28u, L:from=1d I:eku=unknown]
				Sent: checkPath, Store: Dates | CA | PathLen | NameLimits | Algorithms, PSSSignsAll: true,
				EarlyDay: true, ClientEKU: true, UnknownEKU: true,
				MinHash: SHA1, MinRSA: 1023, EmptyEKU: true, BareAnchor: true, // [17a kL-rsa768 e-eku-emptyI e-bcR-none]
				LeafAnyUsage: true, LeafEncipher: true, LeafEKU: true, LeafCA: true, CommonName: true, // [19r e-ku-ds e-ku-ka]
				// [n-w-pre n-w-mid n-ip-v4in6]
				Host: cert.HostRules{
					CommonIP: true, CommonIPBeside: true, Wildcard: cert.LabelEnd, CommonName: cert.CommonNoDNS,
					Address: cert.MappedAddress, Dot: cert.DotSent,
				},
				Constraints: ConstraintRules{Common: CommonOfLeafNoHost, Malformed: FormURI}, // [L:san=dns:test.example,uri: I:nc=-uri:.other]
			},
		},
	}
}

var firefoxDemands = demands{anchors: true, revoked: "onecrl"}
