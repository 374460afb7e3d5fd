package reports

func english() labels {
	return labels{
		lang: "en",

		Endpoint: "Endpoint", Chain: "Chain as sent", Findings: "Findings", Clients: "Clients", Product: "Product",
		Address: "Address", Expires: "Expires", Issuer: "Issuer", Fix: "Fix", Tags: "Tags",

		Leaf: "leaf", Missing: "missing", RootSent: "root sent", CrossSent: "cross", Again: "sent again",
		Unrelated: "unrelated", Wrong: "wrong one", Unreadable: "unreadable",
		Expired: "expired", NotYet: "not yet valid", SelfSigned: "self-signed", Weak: "weak",
		OutOfOrder: "out of order", NotFirst: "not first", WrongName: "other name", Revoked: "revoked",
		Intermediate: "intermediate", Root: "root", InStores: "in clients' stores", HadElsewhere: "not sent; some clients have it",

		OK: "OK", Info: "with info", Warning: "with warnings", Error: "with errors", Failed: "not reached", Waived: "waived",
		Skipped: "skipped (lines or files that cannot be used)",

		Breaks: "Breaks for %s", AndMore: "%d more", AllClients: "all %d clients", Until: "until %s",
		Counts: "%d endpoint|%d endpoints", CountsOf: "%d %s", Who: "Refused most by", Of: "%d of %d clients",
		Next: "Next", NextFixOne: "fixes the worst of %d endpoints that need the same intermediates",
		NextFixOther: "writes the file for the other handshake of %d endpoint|fixes one of %d endpoints at fault in another handshake",
		NextFix:      "writes the file that fixes %d endpoint|writes the one file that fixes %d endpoints",
		NextWhy:      "what the worst fault means (found once)|what the worst fault means (found %d times)",
		NextRetry: "scans again what was not judged: see why above|" +
			"scans again one of %d endpoints that were not judged: see why above",
		NextIntercepted: "is TLS intercepted on this network? %d endpoints of %d unrelated domains are under %s, which nobody knows (%s)",
		QUICSame:        "QUIC: the same chain", QUICOther: "QUIC: another chain", QUICNone: "QUIC: no chain",
		NothingTo: "nothing to do", Stopped: "Interrupted: the report ends before the last target.",
		AsTheyCame: "More than %d endpoints: findings as they came, not sorted.",
		OldFacts:   "The facts about CAs and trust stores are of %s, %d days old: tlschain data update takes newer ones.",
		AsOf:       "Judged as of %s.", HowTo: "Do:", Turns: "%d change to come|%d changes to come",

		Title: "TLS chain report", SkipTo: "Skip to the endpoints", FixesTitle: "Fixes", ExpiresTitle: "Expired, or ending soon",
		ClientsTitle: "Clients", ByClient: "What each client refuses and accepts",
		EndpointsTitle: "Endpoints", RulesTitle: "What the findings mean",
		FixFor:  "%d endpoint needs this file|%d endpoints need this one file",
		NoBytes: "This report does not hold its bytes: the command above writes the file; add --aia where a certificate has to be fetched.",
		TheFile: "The certificates to send after the leaf, in this order", Copy: "Copy", Copied: "Copied", ToCopy: "The file to copy",
		LeafAlone: "Send the leaf alone: nothing has to follow it.", ForExample: "For",
		Search: "Search", SortBy: "Sort by", Show: "Show", Shown: "%d shown", State: "State", Accepted: "accept", Refused: "refuse",
		Client: "Client",
		Paths:  "Paths that clients take", PathOf: "%d client|%d clients", NoPath: "no path", AllAccept: "All %d clients accept.",
		Reasons: "Why clients refuse", SentLine: "Sent", Corrected: "Sent against corrected", Added: "add", Dropped: "leave out",
		Moved: "move", Kept: "keep", Why: "Why it matters", HowToFix: "How to fix it", References: "References",
		UnderAlone: "%d endpoint with nothing but that CA to tell of is not listed here.|" +
			"%d endpoints with nothing but that CA to tell of are not listed here.",
		NotListed: "%d more endpoint is not listed here.|%d more endpoints are not listed here.",
		NeedScript: "%d more endpoint is in this file, and is shown where scripts run.|%d more endpoints are in this file, and are shown " +
			"where scripts run.",
		More:     "Show more",
		NoDetail: "The detail is left out to keep this page small; scan this endpoint alone to see it.",
		Drawing:  "Chain", Details: "Certificates", Handshake: "Handshake", TimesOut: "Error",
		ClientAsked: "The server asks for a client certificate.", ClientCA: "It takes those of these CAs:",
		AnyClientCA: "It names no CA.",
		Legend: "Solid boxes were sent, at their position; dashed ones are missing; dotted ones are in clients' stores. " +
			"Arrows lead to the certificate of the key that signed; thick ones are on the paths of accepting clients.",
		NoFixes: "No endpoint needs another file.", NoExpiry: "Nothing expires within 30 days.",
		DaysLeft: "%d day left|%d days left", DaysAgo: "%d day ago|%d days ago", ServerName: "Name checked",
	}
}
