package client

import "github.com/tlschain/tlschain/rules/cert"

// goClients is the versions of Go's crypto/x509 that differ.
func goClients() []row {
	// Go checks 100 signatures and no more [18d100 21p33 21p53].
	current := Builder{
		MaxBytes: 262144, ParseAll: true, RefuseAll: negativeSerial, // [25l]
		MinRSA: 1024, MaxRSASent: 8192, EmptyEKU: true, EmptyUsageCA: true, // [kI-rsa512 kI-rsa16384 e-eku-emptyI]
		Names: Bytes, AnchorNames: Bytes, Prefer: [8]Preference{FromStore, KeyIDFits}, Budget: 100, LeafTrust: ExactLeaf,
		Sent: checkPath, Store: checkPath, MinHash: SHA256,
		LeafEKU: true, AnyEKU: true, // [19s 24c 28u]
		Policies: PoliciesRead,                                                                   // [p01 p04n p13; not p08]
		Host:     cert.HostRules{TopLevel: true, Address: cert.MappedAddress, Dot: cert.DotKept}, // [n-ip-v4in6 n-dot-both]
		Constraints: ConstraintRules{
			Wildcards: true, SkipPermitted: FormDirectory, SkipExcluded: FormDirectory, // [c-w-xother]
			AnyForm: FormDNS | FormEmail | FormURI, Domains: DomainLabels, // [L:san=dns:a..test.example,dns:test.example I:nc=+ip:10.0.0.0/8]
		},
	}
	// Until 1.23 RSA keys may be of any size and policies are not processed, until
	// 1.22 a serial number may be negative [I:key=rsa512 p01 L:serial=negative].
	// Before 1.26 it counts comparisons to 250,000, by its source: it was not run on
	// so many.
	go123 := with(current, func(b *Builder) {
		b.MinRSA, b.Policies = 0, PoliciesIgnored
		b.Constraints.Wildcards, b.Constraints.Comparisons = false, 250000
		b.Constraints.AnyForm, b.Constraints.Malformed = FormDNS|FormEmail, FormURI
	})
	demands := demands{revoked: "go"}
	return []row{
		{
			id: "go", title: "Go", family: "go", version: "1.24.11, 1.25.8 and 1.26.8", group: Modern,
			store: systemStore, demands: demands, builder: current,
			aliases: []alias{
				{"go-1.24", Measured, "1.24 to 1.26 were run; only a negative path length passes in 1.24"},
				{"go-1.25", Measured, "1.24 to 1.26 were run; before 1.26 it compares at most 250,000 names and subtrees"},
				{"go-1.26", Measured, "it is the version that was run"},
			},
		},
		{
			id: "go-1.21", title: "Go 1.21 and 1.22", family: "go", version: "1.21.13 and 1.22.12",
			store: systemStore,
			builder: with(go123, func(b *Builder) {
				b.RefuseAll &^= negativeSerial
				b.Host.Bare, b.Constraints.Domains = true, DomainLabelsOrDot
			}),
			aliases: []alias{{"go-1.22", Measured, "both were run, and gave the same verdicts"}},
		},
		{
			id: "go-1.23", title: "Go 1.23", family: "go", version: "1.23.12",
			store: systemStore, builder: go123,
		},
	}
}
