package rules

import "fmt"

var daneUnauthenticated = Rule{
	ID: "dane-unauthenticated", Class: ClassComparison, Severity: Warning, Since: "1.0", Beyond: true,
	Title: "TLSA records are not authenticated by DNSSEC",
	Why: "Without DNSSEC a TLSA record proves nothing, and everybody ignores it: mail goes on unprotected, and nobody is told. Either the " +
		"zone is not signed, its DS record is missing at the parent, or the resolver that was asked does not validate. An answer whose " +
		"signatures are wrong is worse: validating resolvers give none (SERVFAIL), and mail servers that use them hold the mail back.",
	Fix: "Sign the zone and have the parent publish the DS record (`delv _25._tcp.mx.example.com TLSA` tells where the chain of trust " +
		"breaks). Ask a resolver that validates, such as unbound or BIND on this machine: what it says is trusted, and so must be the way to it.",
	Refs: []string{"RFC 6698 section 4.1", "RFC 7672 section 2.2", "RFC 4035 section 3.2.3"},
	Japanese: Text{
		Title: "TLSA レコードが DNSSEC で認証されていない",
		Why: "DNSSEC がなければ TLSA レコードは何も証明せず、誰もが無視します。メールは保護されないまま送られ、誰にも知らされません。ゾーンが署名されていないか、" +
			"親に DS レコードがないか、問い合わせたリゾルバーが検証していません。署名が誤っている場合はさらに悪く、検証するリゾルバーは答えず (SERVFAIL)、" +
			"それを使うメールサーバーはメールを留め置きます。",
		Fix: "ゾーンに署名し、親に DS レコードを登録してください (`delv _25._tcp.mx.example.com TLSA` で、信頼の連鎖が切れる場所が分かります)。" +
			"この機器の unbound や BIND など、検証するリゾルバーに問い合わせてください。その答えを信頼するため、そこまでの経路も信頼できなければなりません。",
		Says: map[string]string{
			"The resolver %s does not say that the %d TLSA records are authenticated " +
				"(AD).": "リゾルバー %[1]s は、%[2]s 件の TLSA レコードが認証済み (AD) だとは答えていません。",
			"The resolver %s does not say that the TLSA record is authenticated (AD).": "リゾルバー %[1]s は、TLSA レコードが認証済み (AD) だとは答えていません。",
			"The TLSA records could not be looked up: %s.":                             "TLSA レコードを検索できませんでした: %[1]s。",
			"Sign the zone, and ask a resolver that validates.":                        "ゾーンに署名し、検証するリゾルバーに問い合わせてください。",
			"the resolver does not answer":                                             "リゾルバーの応答がありません",
			"the resolver answers %s":                                                  "リゾルバーの答えは %[1]s です",
			"the resolver answers SERVFAIL: the signatures are not valid, or the name server of the zone cannot be " +
				"reached": "リゾルバーの答えは SERVFAIL です (署名が正しくないか、ゾーンのネームサーバーに届きません)",
			"asking the resolver: %s": "リゾルバーに問い合わせられません (%[1]s)",
			"Find out why by `delv`.": "`delv` で原因を調べてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		switch a := s.DANE; {
		case a == nil:
		case a.Failure != "":
			report(Finding{Message: fmt.Sprintf("The TLSA records could not be looked up: %s.", a.Failure), Fix: "Find out why by `delv`."})
		case len(a.Records) == 0 || a.Authenticated:
		case len(a.Records) == 1:
			report(Finding{
				Message: fmt.Sprintf("The resolver %s does not say that the TLSA record is authenticated (AD).", a.Resolver),
				Fix:     "Sign the zone, and ask a resolver that validates.",
			})
		default:
			report(Finding{
				Message: fmt.Sprintf("The resolver %s does not say that the %d TLSA records are authenticated (AD).", a.Resolver, len(a.Records)),
				Fix:     "Sign the zone, and ask a resolver that validates.",
			})
		}
	},
}
