package client

import (
	"strings"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
)

// The clients of this file have a verifier that was not run where it is used: its
// parameters are read from what its vendor publishes, or its code was run
// elsewhere, and the row says so.

// androidClient is the Android that has a trust store.
func androidClient(s *catalog.Store) row {
	r := android(major(s.Version))
	r.id, r.version = strings.TrimSuffix(s.ID, "-r4"), s.Version
	r.title = "Android " + strings.ReplaceAll(s.Version, "_", " to ")
	if tag, ok := strings.CutPrefix(s.Version, "16_"); ok {
		r.title = "Android 16 (" + tag + ")"
	}
	switch r.id {
	case "android-16", "android-17":
		r.group = Modern
	case "android-10", "android-11", "android-12", "android-13", "android-14", "android-15":
		r.group = Broad
	}
	return r
}

// appleClient is Apple's systems that have a trust store.
func appleClient(s *catalog.Store) row {
	r := apple()
	r.id, r.title, r.version = s.ID, "Apple "+s.Version, s.Version
	switch r.id {
	case "apple-26":
		r.group = Modern
	case "apple-15", "apple-16", "apple-17", "apple-18":
		r.group = Broad
	}
	return r
}

// android is Conscrypt's TrustManagerImpl. Since Android 7 it takes the list in
// any order, tries anchors and then presented issuers by name, and goes back when
// a path fails. Before, it made one path of the list, by names, and cut it at the
// first certificate of an anchor's name and key. Either way it gives anchors to
// the validator by name and key, so that their dates do not count.
func android(version int) row {
	b := Builder{
		ParseAll: true, MaxBytes: 102400, LeafTrust: KeyLeaf, StoreCandidateFilter: Signature,
		Sent: checkPath &^ EKU, MinHash: SHA1, AnyHashPSS: true, MinRSA: 1024, // [L:sig=psssha1 I:sig=psssha1]
		LeafUsageEC12: true, LeafUsage13: true, // BoringSSL's handshake [L:key=p256 L:ku=ka, L:ku=ka]
		LeafEKU: true, CommonName: version < 9,
		Policies: PoliciesRead,                  // [I:pc=require0]
		Host:     cert.HostRules{NameDot: true}, // [L:san=dns:test.example. n-ip-v4in6]
		// [I:nc=+dns: I:nc=-dns:, L:san=dns:test.example,other:x I:nc=-other:x]
		Constraints: ConstraintRules{Proper: true, EmptyNone: true, RefuseRare: true},
	}
	switch {
	case version >= 10:
		b.MinHash = SHA256
	case version < 4:
		b.MinHash, b.MinRSA = AnyHash, 0
	}
	if version >= 7 {
		b.Prefer, b.SelfIssued = [8]Preference{FromStore}, true
	} else {
		b.Prefer, b.StopAtAnchorKey, b.CandidateLimit, b.Backtracking = [8]Preference{FromList}, true, FirstCandidate, NeverBacktrack
	}
	r := row{
		family: "android", as: "android", evidence: Assumed, builder: b,
		notes: "The path builder is read from Conscrypt's source and was not run; " +
			"that the dates of anchors do not count is what Let's Encrypt's chains relied on until 2024.",
		sources: []string{
			"Android Open Source Project: Conscrypt, TrustManagerImpl (checkTrustedRecursive, before Android 7 " +
				"cleanupCertChainAndFindTrustAnchors) and ChainStrengthAnalyzer, read 2026-11-22",
			"Let's Encrypt: Extending Android Device Compatibility for Let's Encrypt Certificates (2020-12-21)",
			"Android 9 behaviour changes: host names are not matched by common name",
			"Android 10 behaviour changes: certificates with SHA-1 signatures are not trusted",
		},
	}
	if version >= 10 {
		r.evidence = Measured
		r.notes = "Measured is Conscrypt 2.5.2's own trust manager with Bouncy Castle 1.83's path validator behind it, on OpenJDK 17. On a " +
			"device differ the releases of both, the order of its store, what an app's network security configuration pins or trusts, " +
			"blocklists, and certificate transparency."
		r.sources = append(r.sources, "runs of Conscrypt against generated chains, 2026-11-29")
	}
	if version < 4 {
		r.notes = "The path builder is that of Android 4; releases of this age may want the list in order, and were not run."
	}
	return r
}

// apple is Security.framework (trustd).
func apple() row {
	return row{
		family: "apple", as: "apple", evidence: Documented, aia: true, demands: demands{lifetimes: Lifetimes{Bounds: appleLifetimes}},
		builder: Builder{
			ParseAll: false, Prefer: [8]Preference{FromStore, ValidNow}, LeafTrust: ExactLeaf,
			Sent: checkPath, Store: checkPath, MinHash: SHA256, MinRSA: 2048,
			LeafEKU: true, AnyEKU: true,
		},
		notes: "Safari's verdicts on BetterTLS's cases, as its project published them for macOS in 2021, are all predicted: 69 of 69 of path " +
			"building and 8754 of 8754 of name constraints, and so are Chrome's on macOS, which had the system's verifier. What these cases do " +
			"not show, keys, algorithms and extensions, is from Apple's documents and published source, or assumed. Certificate transparency is " +
			"not judged.",
		sources: []string{
			"Netflix: BetterTLS, published results of Safari 605.1.15 and Chrome 97 on macOS (December 2021)",
			"Apple: Requirements for trusted certificates in iOS 13 and macOS 10.15 (support.apple.com/103769), read 2026-11-22",
			"Apple: limits on trusted certificates (support.apple.com/102028), read 2026-11-29",
			"Apple: open-source release of Security, SecCertificateServer, SecCAIssuerRequest and SecPolicyServer",
		},
	}
}

// windowsClients is CryptoAPI with Schannel's policy.
func windowsClients() []row {
	microsoft := stores{clients: []string{"microsoft"}}
	sources := []string{
		"Netflix: BetterTLS, published results of Edge 94 and Chrome 96 on Windows (December 2021)",
		"Microsoft: Certificate Path Validation, CertGetCertificateChain",
		"Microsoft: Windows Enforcement of SHA1 Certificates",
	}
	builder := Builder{
		Prefer: [8]Preference{KeyIDFits, FromStore, ValidNow}, LeafTrust: ExactLeaf, Anchor: SelfSignedAnchor,
		Sent: checkPath, Store: checkPath, MinHash: SHA256, MinRSA: 1024,
		LeafEKU: true, AnyEKU: true, CommonName: true,
		Constraints: ConstraintRules{Common: CommonOfLeaf},
	}
	return []row{
		{
			id: "windows", title: "Windows, updating its roots", family: "windows", group: Modern, also: "platforms",
			evidence: Documented, builder: builder, aia: true, store: microsoft, sources: sources,
			notes: "The verdicts of Edge 94 and Chrome 96 on Windows, which had the system's verifier, on BetterTLS's cases, as its project " +
				"published them, are predicted: 81 of 81 of path building and 8718 of 8754 of name constraints; the other 36 are leaves that have " +
				"the name as common name only, which those browsers do not read and programs on Schannel do. Keys, algorithms and extensions are " +
				"from Microsoft's documents, or assumed, and so is that roots of Microsoft's programme are downloaded when they are needed. Dates " +
				"from which Microsoft distrusts a root are not among the facts.",
		},
		{
			id: "windows-offline", title: "Windows without downloads", family: "windows", also: "platforms",
			evidence: Assumed, builder: builder, store: microsoft, sources: sources,
			notes: "A machine that can fetch neither issuers nor roots. Which roots it holds depends on its history, and no public file lists " +
				"those that are shipped: this profile assumes that all of Microsoft's programme were installed, by group policy for instance, and " +
				"tells only what the missing downloads break.",
		},
	}
}
