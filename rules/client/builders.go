package client

// openSSL is what all versions of OpenSSL and BoringSSL have in common.
func openSSL() Builder {
	return Builder{
		MaxBytes: 102400, ParseAll: true, RefuseAll: trailingData,
		Skip: KeyID | IssuerSerial | CertSign, SkipStore: KeyID | IssuerSerial | CertSign,
		StoreOnly: true, SelfSigned: true, Retry: NeverRetry, Tries: FirstCandidate,
		Anchor: SelfSignedAnchor, Leaf: SelfSignedLeaf, MaxPath: 100,
		Own:  KeyID | IssuerSerial | CertSign,
		Sent: checkPath, Store: checkPath,
		LeafUsage: true, LeafEKU: true, CommonName: true,
	}
}

func with(b Builder, change func(*Builder)) Builder {
	change(&b)
	return b
}

// Builders gives the parameters of every client that was measured, by profile
// id.
func Builders() map[string]Builder {
	old := with(openSSL(), func(b *Builder) {
		b.TLS12, b.MaxPath = true, 99
		b.Prefer = [8]Preference{FromList}
		b.Store = Dates | NameLimits
		b.UsageCA, b.SelfIssuedFree = true, true
	})
	o102 := with(old, func(b *Builder) { b.Tries, b.Retry = FirstOfEach, AtDeadEnds })
	trustedFirst := with(old, func(b *Builder) { b.Prefer = [8]Preference{FromStore} })
	android := with(trustedFirst, func(b *Builder) { b.UsageCA, b.TLS12, b.Refuse = false, false, duplicateExtension })
	o110 := with(openSSL(), func(b *Builder) {
		b.Prefer = [8]Preference{FromStore, ValidNow, LatestEnd}
		b.MinHash = SHA1
		b.SelfIssuedFree = true
	})
	o111 := with(o110, func(b *Builder) {
		b.Skip, b.SkipStore = KeyID|IssuerSerial|KeyKind, KeyID|IssuerSerial|KeyKind
		b.Own = KeyID | IssuerSerial
		b.Refuse = duplicateExtension
		b.SelfIssuedFree = false
	})
	o30 := with(o111, func(b *Builder) { b.MinHash = SHA256 })
	level2 := with(o30, func(b *Builder) { b.MinRSA = 2048 })
	partial := with(level2, func(b *Builder) { b.Anchor, b.Leaf = AnyAnchor, ExactLeaf })
	bun := with(o110, func(b *Builder) {
		b.SkipStore |= Dates
		b.PreferStore = [4]Preference{OwnBytes}
		b.Own = KeyID | IssuerSerial
		b.Prefer = [8]Preference{FromStore}
		b.Refuse = duplicateExtension
		b.SelfIssuedFree = false
	})
	gnutls := Builder{
		MaxBytes: 130500, MaxEntries: 16, ParseAll: true, RefuseAll: trailingData | duplicateExtension,
		Names: Text, AnchorNames: Bytes, Skip: KeyID, SkipStore: KeyID,
		Prefer: [8]Preference{FromList}, PreferStore: [4]Preference{ValidNow, LastListed},
		Tries: FirstCandidate, Retry: NeverRetry, WholeList: true, Leaf: LoneLeaf,
		Sent: checkPath, Store: Dates | CA | CertSign | PathLen | NameLimits | Algorithms,
		MinHash: SHA256, LeafUsage: true, LeafEKU: true, CommonName: true,
	}
	nss := Builder{
		MaxBytes: 131071, ParseAll: true, RefuseAll: trailingData, Names: Bytes, AnchorNames: Bytes,
		Skip: KeyID, SkipStore: KeyID,
		Prefer: [8]Preference{ExactKeyID, CanSign, ValidNow, FromStore, Newest, OnlyStored, LastListed},
		Tries:  FirstCandidate, Retry: NeverRetry, Leaf: ExactLeaf, MaxPath: 19,
		Sent: checkPath, Store: Dates | CA | CertSign | PathLen | NameLimits, ClientEKU: true,
		MinHash: SHA1, LeafUsage: true, LeafEKU: true, LeafCA: true, CommonName: true,
	}
	firefox := Builder{
		MaxBytes: 131071, Refuse: trailingData, Names: Bytes, AnchorNames: Bytes, MaxPath: 6, MaxCert: 65539,
		Sent: checkPath, Store: checkPath, MinHash: SHA256,
		LeafUsage: true, LeafEKU: true, LeafCA: true,
	}
	chrome := Builder{
		MaxBytes: 102400, Refuse: trailingData | duplicateExtension, AnchorNames: Bytes,
		Prefer: [8]Preference{TrustedKeyID, NotSelfIssued, Newest}, Count: Lookups, Budget: 20, Leaf: ExactLeaf,
		Sent: checkPath, Store: checkPath, MinHash: SHA256,
		LeafUsage: true, LeafEKU: true, AnyEKU: true,
	}
	mbedtls := Builder{
		MaxBytes: 16380, TLS12: true, ParseAll: true, Critical: true, Order: Later,
		Skip: CA | CertSign | PathLen, SkipStore: CA | CertSign | PathLen | Signature,
		Prefer: [8]Preference{FromStore, ValidNow}, Tries: FirstCandidate, Retry: NeverRetry,
		Leaf: SelfSignedLeaf, MaxPath: 8,
		Sent: checkPath &^ EKU, Store: Dates | Algorithms, MinHash: SHA256, MinRSA: 2048,
		LeafUsage: true, LeafEKU: true, AnyEKU: true, CommonName: true,
	}
	wolfssl := Builder{
		MaxBytes: 18462, ParseAll: true, RefuseAll: duplicateExtension, MaxEntries: 9, MaxPath: 8,
		Order: Later, EachEntry: true, Names: Bytes, AnchorNames: Bytes,
		Skip: KeyID, SkipStore: KeyID, Prefer: [8]Preference{KeyTable, FromStore, LastListed}, Tries: FirstCandidate, Retry: NeverRetry,
		Leaf: ExactLeaf, Sent: checkPath &^ EKU, Limits: LimitsDirect,
		LeafEKU: true, CommonName: true, NeedUsage: true, NeedSKI: true,
	}
	botan := Builder{
		ParseAll: true, Refuse: duplicateExtension, Skip: KeyID, SkipStore: KeyID,
		Anchor: SelfSignedAnchor, Sent: checkPath &^ EKU, Store: checkPath &^ EKU,
		MinHash: SHA256, MinRSA: 2048, LeafUsage: true, LeafEKU: true, CommonName: true,
	}
	golang := Builder{
		MaxBytes: 262144, ParseAll: true, RefuseAll: negativeSerial | trailingData | duplicateExtension,
		Names: Bytes, AnchorNames: Bytes, Prefer: [8]Preference{FromStore, KeyIDFits}, Budget: 100, Leaf: ExactLeaf,
		Sent: checkPath&^CertSign | CertSign, Store: checkPath, MinHash: SHA256,
		LeafEKU: true, AnyEKU: true,
	}
	rustls20 := Builder{
		MaxBytes: 65535, Refuse: trailingData | negativeSerial | zeroSerial | longSerial, Names: Bytes, AnchorNames: Bytes, MaxPath: 6,
		Leaf: SelfSignedLeaf, Sent: checkPath &^ CertSign, Store: NameLimits | Algorithms, MinHash: SHA256, MinRSA: 2048, Limits: PermittedFails,
		LeafEKU: true, LeafCA: true,
	}
	rustls23 := with(rustls20, func(b *Builder) {
		b.MaxBytes, b.Refuse, b.Limits = 65515, trailingData, LimitsRead
	})
	bearssl := Builder{
		Order: Next, Refuse: trailingData, Names: Bytes, AnchorNames: Bytes, SkipStore: Signature,
		Prefer: [8]Preference{FromStore}, Tries: FirstCandidate, Retry: NeverRetry, Leaf: KeyLeaf,
		Sent: checkPath &^ EKU, Store: CA, MinHash: SHA1, Limits: LimitsUnknown, LeafUsage: true, CommonName: true,
	}
	javaList := Builder{
		Order: Next, SkipStore: Signature | KeyID | IssuerSerial, Prefer: [8]Preference{FromList},
		Tries: FirstCandidate, Retry: NeverRetry, Leaf: KeyLeaf,
		Sent: checkPath &^ EKU, Store: CA, MinHash: SHA1, LeafUsage: true, LeafEKU: true, CommonName: true, MaxPath: 9,
		Refuse: duplicateExtension,
	}
	java := with(javaList, func(b *Builder) {
		b.InOrder = &javaList
		b.MaxBytes, b.MaxEntries, b.ParseAll, b.RefuseAll = 32768, 10, true, duplicateExtension
		b.Order, b.Skip, b.SkipStore = AnyOrder, 0, 0
		b.Prefer, b.Tries, b.Retry = [8]Preference{FromStore}, EveryCandidate, AlwaysRetry
		b.MaxPath, b.FarDates = 5, true
		b.Store = Dates | CA
	})
	return map[string]Builder{
		"openssl-0.9.8":               with(old, func(b *Builder) { b.Limits, b.NoECDSA2, b.Store = LimitsUnknown, true, Dates }),
		"openssl-1.0.1":               old,
		"openssl-1.0.2":               o102,
		"openssl-1.0.2-trusted-first": trustedFirst,
		"openssl-1.1.0":               with(o110, func(b *Builder) { b.MinHash = SHA1 }),
		"openssl-1.1.1":               o111,
		"openssl-3.0":                 level2,
		"python-3.11":                 level2,
		"node-20":                     o30,
		"node-24":                     level2,
		"curl":                        partial,
		"boringssl-android":           android,
		"bun":                         bun,
		"gnutls-3.7":                  gnutls,
		"nss-3.87":                    nss,
		"firefox":                     firefox,
		"chrome":                      chrome,
		"mbedtls-2.28":                mbedtls,
		"wolfssl-5.5":                 wolfssl,
		"botan-2.19":                  botan,
		"go":                          golang,
		"java-17":                     java,
		"java-17-aia":                 java,
		"rustls-0.20":                 rustls20,
		"rustls-0.23":                 rustls23,
		"bearssl-0.6":                 bearssl,
	}
}
