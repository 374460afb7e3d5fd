package rules

import "fmt"

var wrongCrossRoot = Rule{
	ID: "wrong-cross-root", Class: ClassPresentation, Severity: Info, Since: "0.1",
	Title: "Another certificate of a CA's key is sent than the one that is needed",
	Why: "A root's key can have several certificates under one name: the self-signed one, cross-certificates by older roots, SHA-1 and " +
		"SHA-256 twins, several generations. Tools show them alike, and only issuer and fingerprint tell them apart. With the wrong " +
		"one, clients that lack the young root find no way up.",
	Fix: "Replace it by the certificate with the fingerprint that is named here.\n" +
		"IIS: look in MMC (certificates of the computer account) which certificates of that name are there. IIS builds the chain " +
		"itself and prefers a self-signed root: remove the root of the same name from Trusted Root Certification Authorities, keep " +
		"the cross-certificate in Intermediate Certification Authorities, and bind the site's certificate again. The automatic root " +
		"update may bring the root back; check again after it.",
	Refs:         []string{"RFC 4158", "SureServer FAQ: [IIS] the cross-root setting is not in effect"},
	Remark:       RemarkWrong,
	NamesMissing: true,
	Japanese: Text{
		Title: "ルートの鍵に対する別の証明書が送られている",
		Why: "1 つのルートの鍵には、自己署名のもの、古いルートによるクロスルート、SHA-1 と SHA-256 の組、複数の世代など、" +
			"同じ名前の証明書が複数あり得ます。見た目は同じで、発行者とフィンガープリントでしか区別できません。" +
			"違うものを送ると、新しいルートを持たないクライアントは上位へたどれません。",
		Fix: "示されたフィンガープリントの証明書に置き換えてください。\n" +
			"IIS: MMC (コンピューター アカウントの証明書) で同名の証明書を確認します。IIS " +
			"は自己署名のルートを優先するため、「信頼されたルート証明機関」から同名のルートを削除し、" +
			"クロスルート証明書を「中間証明機関」に置いて、バインドを再設定してください。" +
			"ルートの自動更新で再び入ることがあるので、後で確認します。",
		Says: map[string]string{
			"%s is %s; only the one issued by %q, of the same name and key, would gain %s.": "%[1]s は%[2]sです。" +
				"同じ名前と鍵で %[3]s が発行したものだけが %[4]s を接続可能にします。",
			"%s is %s; the path needs the one issued by %q, of the same name and key.": "%[1]s は%[2]sです。経路には、同じ名前と鍵で %[3]s が発行したものが必要です。",
			"the self-signed certificate":    "自己署名の証明書",
			"the certificate by %q":          "%[1]s が発行した証明書",
			"the certificate signed with %s": "%[1]s で署名された証明書",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		for _, c := range s.crossRoots().wrong {
			f := s.otherOfKey(c.sent, c.refs, c.clients)
			f.Message += fmt.Sprintf("; only the one issued by %q, of the same name and key, would gain %s.", c.refs[0].Cert.Issuer.Common,
				some(c.clients))
			f.Fix = fmt.Sprintf("Send %s in place of %s.", byHash(c.refs[0].Cert), s.at(c.sent))
			for _, r := range c.refs[1:] {
				f.Fix += fmt.Sprintf(" Send %s after it.", byHash(r.Cert))
			}
			report(f)
		}
		for i, e := range s.Entries {
			refs := s.replacing(i)
			if len(refs) == 0 || !e.Cert.ValidAt(s.At) {
				continue // expired-intermediate and stale-cross-root are about what has expired
			}
			fix, clients := s.send(refs)
			f := s.otherOfKey(i, refs, clients)
			f.Severity = Error // nobody has a way up from what is sent
			f.Message += fmt.Sprintf("; the path needs the one issued by %q, of the same name and key.", refs[0].Cert.Issuer.Common)
			f.Fix = fix
			report(f)
		}
	},
}

// otherOfKey begins a finding about a certificate that is sent in place of
// another of its name and key.
func (s *Subject) otherOfKey(position int, refs []CertRef, clients []string) Finding {
	sent := s.Entries[position].Cert
	kind := fmt.Sprintf("the certificate by %q", sent.Issuer.Common)
	if sent.SelfIssued() {
		kind = "the self-signed certificate"
	} else if sent.SignatureAlg.Weak() && !refs[0].Cert.SignatureAlg.Weak() {
		kind = "the certificate signed with " + sent.SignatureAlg.Name
	}
	return Finding{
		Severity: s.severityFor(clients), Positions: []int{position}, Missing: refs, Clients: clients,
		Message: fmt.Sprintf("%s is %s", capital(s.at(position)), kind),
	}
}
