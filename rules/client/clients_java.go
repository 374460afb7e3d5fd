package client

import "github.com/tlschain/tlschain/rules/cert"

// javaClients is OpenJDK's verifier with the system's roots, and with those that
// releases bring.
func javaClients() []row {
	host := cert.HostRules{
		// [n-w-inner n-ip-v4in6 n-us-san n-dot-both]
		Wildcard: cert.AnyLabel, TopLevel: true, CommonName: cert.CommonNoDNS, Address: cert.MappedAddress, Underscore: true,
	}
	constraints := ConstraintRules{
		// [I:nc=+dns:test.example J:cn=other.example, BetterTLS case 7542]
		Common: CommonOfForm, CommonHost: true, CommonIP: true, AddsCommon: true,
		Wildcards: true, RefuseRare: true, // [c-w-xother, L:san=dns:test.example,rid: I:nc=-rid:]
	}
	// Java validates a list in order as it is, up to the first certificate of a
	// trusted name and key, and makes no second try [13d 28t 28y r0107 r1243]. An
	// anchor's dates do not count, its key identifier does [08b r1118].
	list := Builder{
		Order: Next, StoreCandidateFilter: Signature | KeyID | IssuerSerial | CA,
		Prefer: [8]Preference{FromList}, CandidateLimit: FirstCandidate, Backtracking: NeverBacktrack, LeafTrust: KeyLeaf, MaxPath: 9, // [18d10]
		// [17a 19c 19h 19i 19o]
		Sent: checkPath &^ EKU, Store: CA | CertSign | Algorithms, MinHash: SHA1, MinRSA: 1024, LeafUsage: true, LeafEKU: true, CommonName: true,
		// [p01 p13; I:iap=0 I:noncrit=iap and L:cp=1+unknown L:crit=cp accepted]
		KeyPSS: KeyPSSAll, PSSSignsAll: true, Policies: PoliciesRead, InhibitAnyCritical: true, CriticalQualifiers: true,
		Host: host, Constraints: constraints,
	}
	// Any other list goes to its builder: 5 intermediates, and dates of an anchor
	// count unless it is directly above the leaf [q6 r6 r0145 r0186].
	java := Builder{
		InOrder: &list, MaxBytes: 32768, MaxEntries: 10, ParseAll: true, // [18x009 25i]
		Prefer: [8]Preference{FromStore}, LeafTrust: KeyLeaf, MaxPath: 5, AnchorDatesIfIntermediates: true, V1AnchorMustCover: true,
		Sent: checkPath &^ EKU, Store: Dates | CA | CertSign | Algorithms, MinHash: SHA1, MinRSA: 1024,
		LeafUsage: true, LeafEKU: true, CommonName: true,
		KeyPSS: KeyPSSAll, PSSSignsAll: true, Policies: PoliciesRead, InhibitAnyCritical: true, CriticalQualifiers: true,
		Host: host, Constraints: constraints,
	}
	return []row{
		{
			id: "java-17", title: "Java 17", family: "java", version: "17.0.21.1",
			store: systemStore, demands: demands{policy: "java-17"}, builder: java,
			notes: "17.0.15, which was run as well, takes signatures with SHA-224 and by DSA over TLS 1.3, and wildcards that could stand for " +
				"an excluded name.",
		},
		{
			id: "java-17-aia", title: "Java 17 with enableAIAcaIssuers", family: "java", version: "17.0.21.1",
			aia: true, store: systemStore, demands: demands{policy: "java-17"}, builder: java,
		},
		{
			id: "openjdk-17", title: "OpenJDK 17 with its own cacerts", family: "java", version: "17.0.2", group: Modern,
			like: "java-17", store: stores{clients: []string{"openjdk"}}, demands: demands{policy: "java-17"},
			aliases: []alias{
				{"openjdk-21", Assumed, "its verifier was not run, nor are its own roots among the facts"},
				{"openjdk-25", Assumed, "its verifier was not run, nor are its own roots among the facts"},
			},
		},
		{
			id: "oracle-java-13", title: "Oracle Java 13 with its own cacerts", family: "java", version: "13.0.2",
			like: "java-17", evidence: Assumed, store: stores{clients: []string{"oracle-java"}}, demands: demands{policy: "java-13"},
			notes: "The path builder is that of OpenJDK 17; version 13 was not run.",
		},
	}
}
