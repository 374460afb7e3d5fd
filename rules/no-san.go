package rules

import "github.com/tlschain/tlschain/rules/client"

var noSAN = Rule{
	ID: "no-san", Class: ClassCertificate, Severity: Error, Since: "0.1",
	Title: "The certificate has no subject alternative name",
	Why: "Browsers, Go and others have ignored the common name since 2017: for them a certificate without subject alternative names " +
		"holds no name at all. Older libraries still fall back on the common name, so it works in some programs and not in others.",
	Fix: "Have the certificate issued again with the names as subject alternative names. Every public CA does so by itself; for your " +
		"own CA add the extension.",
	Refs:     []string{"RFC 9525 section 2", "RFC 2818 section 3.1"},
	Explains: []client.Cause{client.Name},
	Japanese: Text{
		Title: "サブジェクト代替名がない",
		Why: "ブラウザーや Go などは 2017 年以降、コモンネームを見ません。" +
			"サブジェクト代替名のない証明書には名前がないのと同じです。古いライブラリーだけがコモンネームを使うため、" +
			"動くものと動かないものがあります。",
		Fix: "サブジェクト代替名を入れて再発行してもらってください。公開の CA では自動的に入ります。独自の CA " +
			"では拡張を追加します。",
		Says: map[string]string{
			"The certificate has no subject alternative name of type DNS or IP address.": "証明書に DNS 名または IP アドレスのサブジェクト代替名がありません。",
			"Reissue it with the host's names as subject alternative names.":             "ホスト名をサブジェクト代替名に入れて再発行してもらってください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		if c := s.leaf(); c != nil && !c.HasNames() {
			report(Finding{
				Positions: []int{s.Chain.Leaf},
				Message:   "The certificate has no subject alternative name of type DNS or IP address.",
				Fix:       "Reissue it with the host's names as subject alternative names.",
			})
		}
	},
}
