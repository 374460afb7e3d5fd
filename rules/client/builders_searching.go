package client

// searching is the clients that go back and try other paths [21a 21d 21e].
func searching() map[string]Builder {
	firefox := Builder{
		MaxBytes: 131071, MaxCert: 65539, Refuse: trailingData, Names: Bytes, AnchorNames: Bytes, MaxPath: 6, // [18d07 25i 25o 27l066]
		Sent: checkPath, Store: checkPath, MinHash: SHA256, // [19m 28u]
		MinRSA: 1024, LeafAnyUsage: true, LeafEKU: true, LeafCA: true, // [16d 19r 24c e-ku-ka kI-rsa512]
	}
	// Chrome looks up an issuer 20 times and no more: 19 intermediates in line, or
	// 9 dead ends [18d20 21h 28h9 28m22 28m23 28m32].
	chrome := Builder{
		MaxBytes: 102400, Refuse: trailingData, AnchorNames: Bytes, // [25i 25q]
		Prefer: [8]Preference{TrustedKeyID, NotSelfIssued, Newest}, Count: Lookups, KeyOnce: true, Budget: 20, LeafTrust: ExactLeaf,
		Sent: checkPath, Store: checkPath, MinHash: SHA256, MinRSA: 1024, BareAnchor: true, // [kR-rsa512 e-bcR-none]
		LeafUsage: true, LeafEKU: true, AnyEKU: true, // [24c 28u]
		Policies: PoliciesWithAnchor, // [p01 p04n p08 R:pc=require1]
	}
	botan := Builder{
		ParseAll: true, CandidateFilter: KeyID, StoreCandidateFilter: KeyID, // [23a]
		Anchor: SelfSignedAnchor, SelfIssuedTest: KeyID | Signature, RootSignature: true, V1: V1Roots, Sent: checkPath &^ EKU, Store: checkPath &^ EKU, // [16a 19c]
		MinHash: SHA256, MinRSA: 2005, MinRSALeaf: 2048, // 110 bits of security; the handshake asks for more [kI-rsa1536 kL-rsa2047]
		LeafUsage: true, LeafEKU: true, EmptyEKU: true, CommonName: true,
	}
	// Go checks 100 signatures and no more [18d100 21p33 21p53].
	golang := Builder{
		MaxBytes: 262144, ParseAll: true, RefuseAll: negativeSerial, // [25l]
		MinRSA: 1024, MaxRSASent: 8192, EmptyEKU: true, EmptyUsageCA: true, // [kI-rsa512 kI-rsa16384 e-eku-emptyI]
		Names: Bytes, AnchorNames: Bytes, Prefer: [8]Preference{FromStore, KeyIDFits}, Budget: 100, LeafTrust: ExactLeaf,
		Sent: checkPath, Store: checkPath, MinHash: SHA256,
		LeafEKU: true, AnyEKU: true, // [19s 24c 28u]
		Policies: PoliciesRead, // [p01 p04n p13; not p08]
	}
	// Until 1.23 RSA keys may be of any size and policies are not processed, until
	// 1.22 a serial number may be negative [I:key=rsa512 p01 L:serial=negative].
	go123 := with(golang, func(b *Builder) { b.MinRSA, b.Policies = 0, PoliciesIgnored })
	go121 := with(go123, func(b *Builder) { b.RefuseAll &^= negativeSerial })
	rustls23 := Builder{
		MaxBytes: 65515, Refuse: trailingData, Names: Bytes, AnchorNames: Bytes, MaxPath: 6, // [18d07]
		LeafTrust: SelfSignedLeaf, Sent: checkPath &^ CertSign, Store: NameLimits | Algorithms, // [08b 19f 19i 22b]
		MinHash: SHA256, MinRSA: 2048, MaxRSA: 8192, LeafEKU: true, LeafCA: true, // [19r 26b kI-rsa16384]
	}
	rustls20 := with(rustls23, func(b *Builder) {
		b.MaxBytes, b.Refuse = 65535, trailingData|negativeSerial|zeroSerial|longSerial // [25a 25g 25h]
		b.NameConstraints = PermittedFails                                              // [19q r0918]
	})
	// Java validates a list in order as it is, up to the first certificate of a
	// trusted name and key, and makes no second try [13d 28t 28y r0107 r1243]. An
	// anchor's dates do not count, its key identifier does [08b r1118].
	javaList := Builder{
		Order: Next, StoreCandidateFilter: Signature | KeyID | IssuerSerial | CA,
		Prefer: [8]Preference{FromList}, CandidateLimit: FirstCandidate, Backtracking: NeverBacktrack, LeafTrust: KeyLeaf, MaxPath: 9, // [18d10]
		Sent: checkPath &^ EKU, Store: CA | CertSign | Algorithms, MinHash: SHA1, MinRSA: 1024, LeafUsage: true, LeafEKU: true, CommonName: true, // [17a 19c 19h 19i 19o]
		KeyPSS: KeyPSSAll, Policies: PoliciesRead, InhibitAnyCritical: true, CriticalQualifiers: true, // [p01 p13; I:iap=0 I:noncrit=iap and L:cp=1+unknown L:crit=cp accepted]
	}
	// Any other list goes to its builder: 5 intermediates, and dates of an anchor
	// count unless it is directly above the leaf [q6 r6 r0145 r0186].
	java := Builder{
		InOrder: &javaList, MaxBytes: 32768, MaxEntries: 10, ParseAll: true, // [18x009 25i]
		Prefer: [8]Preference{FromStore}, LeafTrust: KeyLeaf, MaxPath: 5, AnchorDatesIfIntermediates: true, V1AnchorMustCover: true,
		Sent: checkPath &^ EKU, Store: Dates | CA | CertSign | Algorithms, MinHash: SHA1, MinRSA: 1024, LeafUsage: true, LeafEKU: true, CommonName: true,
		KeyPSS: KeyPSSAll, Policies: PoliciesRead, InhibitAnyCritical: true, CriticalQualifiers: true,
	}
	return map[string]Builder{
		"firefox":     firefox,
		"chrome":      chrome,
		"botan-2.19":  botan,
		"go":          golang,
		"go-1.21":     go121,
		"go-1.23":     go123,
		"rustls-0.20": rustls20,
		"rustls-0.23": rustls23,

		"rustls-0.23-aws-lc": rustls23,
		"java-17":            java,
		"java-17-aia":        java,
	}
}
