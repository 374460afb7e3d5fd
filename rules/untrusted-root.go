package rules

import (
	"fmt"
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

var untrustedRoot = Rule{
	ID: "untrusted-root", Class: ClassClient, Severity: Error, Since: "0.1",
	Title: "The chain ends at a CA that no chosen client trusts",
	Why: "Nothing has to be missing: a private CA's complete chain looks like this to everybody who has not installed its root. It " +
		"also happens with public CAs that a vendor has removed. From the outside, an unknown CA whose intermediate is missing looks " +
		"just the same.",
	Fix: "For an internal CA: give its root to the clients (group policy, MDM, a CA bundle), and tell this program of it by " +
		"`--add-roots FILE`. If the issuer is an intermediate that is not sent, add it; `--pool` and `--aia` help to find it. " +
		"Otherwise take a certificate of a CA that your clients trust. On Windows, roots of Microsoft's program arrive by automatic " +
		"update; where that is switched off or blocked, switch it on, import the root by group policy or run `certutil " +
		"-generateSSTFromWU` on a connected machine.",
	Refs: []string{"RFC 5280 section 6.1.1", "SureServer FAQ: automatic update of root certificates", "SureServer FAQ: registering root " +
		"certificates"},
	Gap:            true,
	Explains:       []client.Cause{client.Incomplete, client.Untrusted},
	NamesAuthority: true,
	Japanese: Text{
		Title: "選んだどのクライアントも信頼しない CA で終わっている",
		Why: "不足があるとは限りません。独自 CA の完全なチェーンも、そのルートを入れていない人にはこう見えます。" +
			"ベンダーが除外した公開 CA でも起こります。未知の CA の中間 CA 証明書が足りない場合も、外からは同じに見えます。",
		Fix: "社内 CA の場合は、ルートをクライアントに配布し (グループ ポリシー、MDM)、`--add-roots FILE` " +
			"でこのプログラムに知らせてください。発行者が送られていない中間 CA なら追加します。`--pool` と `--aia` " +
			"が役立ちます。それ以外は、クライアントが信頼する CA の証明書を使います。Windows では、Microsoft " +
			"のプログラムのルートは自動更新で入ります。無効または遮断されている場合は、有効に戻すか、グループ " +
			"ポリシーで取り込むか、接続できる機器で `certutil -generateSSTFromWU` を実行してください。",
		Says: map[string]string{
			"If %q is your own root, pass it by `--add-roots`; if it is an intermediate, send its " +
				"certificate (give it to this program by `--pool`; %s).": "%[1]s が自社のルートなら `--add-roots` で指定し、" +
				"中間 CA ならその証明書を送ってください (このプログラムには `--pool` で渡せます。%[2]s)。",

			"The chain ends at %s, issued by %q. Clients trust a root of that name, but its key did not sign it.": "" +
				"チェーンは %[1]s で終わり、その発行者は %[2]s です。クライアントはその名前のルートを信頼していますが、署名したのはその鍵ではありません。",
			"If %q was made anew under its old name, install its present root on the clients and pass it by `--add-roots`, " +
				"or have the certificate issued by the CA whose root they have; if the key identifiers are those of that root, %s is damaged: " +
				"get it from the CA again.": "%[1]s が同じ名前で作り直されたのなら、現在のルートをクライアントに配布して `--add-roots` で指定するか、" +
				"クライアントが持つルートの CA に証明書を発行してもらってください。鍵識別子がそのルートのものなら %[2]s は破損しています。CA から取り直してください。",
			"The chain goes in a circle: the CA of %s issued %s, and no chosen client trusts a CA of it.": "" +
				"チェーンが循環しています。%[1]s の CA が %[2]s を発行しており、循環のどの CA も選んだクライアントは信頼していません。",
			"If one of them is your own root, pass that by `--add-roots`; if another certificate leads out of the circle, send it " +
				"(give it to this program by `--pool`).": "" +
				"自社のルートがその中にあれば `--add-roots` で指定し、循環の外につながる証明書があればそれを送ってください (このプログラムには `--pool` で渡せます)。",
			"The chain ends at %s: it names the key of %s, which did not sign it.": "" +
				"チェーンは %[1]s で終わります。それは %[2]s の鍵を指していますが、署名したのはその鍵ではありません。",
			"It is damaged, or another certificate of that name belongs behind it: get it from the CA again, with its chain.": "" +
				"破損しているか、その名前の別の証明書が続くべきです。チェーンと一緒に CA から取り直してください。",
			"The chain ends at the root %s, which no chosen client trusts.": "チェーンはルート (%[1]s) で終わり、選んだどのクライアントも信頼していません。",
			"The chain ends at the root %s. It is a known root, but no chosen client trusts it.": "チェーンはルート (%[1]s) で終わります。既知のルートですが、" +
				"選んだどのクライアントも信頼していません。",
			"If it is your own CA, install that root on the clients and pass it by `--add-roots`; else take a " +
				"certificate of a CA that they trust.": "社内 CA の場合は、このルートをクライアントに配布し `--add-roots` で指定してください。" +
				"それ以外は、クライアントが信頼する CA の証明書を使います。",
			"The chain ends at %s, issued by %q, which no chosen client trusts and we do not know. If that CA is " +
				"an unknown intermediate, its certificate is missing: from here the two look the same.": "チェーンは %[1]s で終わり、その発行者 %[2]s は未知で、" +
				"選んだどのクライアントも信頼していません。" +
				"それが未知の中間 CA なら証明書が不足していますが、外からは区別できません。",
			"If %q is your own root, pass it by `--add-roots`; if it is an intermediate, send its certificate " +
				"(give it to this program by `--pool`).": "%[1]s が自社のルートなら `--add-roots` で指定し、" +
				"中間 CA ならその証明書を送ってください (このプログラムには `--pool` で渡せます)。",
			"If %q is your own root, pass it by `--add-roots`; if it is an intermediate, send its certificate " +
				"(give it to this program by `--pool`; the CA publishes it at %s, `--aia` fetches it).": "%[1]s が自社のルートなら `--add-roots` で指定し、" +
				"中間 CA ならその証明書を送ってください (このプログラムには `--pool` で渡せます。CA は %[2]s で公開しており、`--aia` で取得できます)。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		if s.Chain.State != chain.Untrusted {
			return
		}
		if s.onlyDead != nil {
			return // revoked-certificate says what leads on
		}
		top := s.Chain.Path[len(s.Chain.Path)-1]
		f := Finding{Positions: []int{top.Position}, Clients: s.rejecting(client.Incomplete, client.Untrusted)}
		f.Authority = &Authority{Name: top.Cert.Issuer}
		if chain.SelfSigned(s.session, top.Cert) {
			f.Authority.SPKI = top.Cert.Key.SPKI
			f.Message = fmt.Sprintf("The chain ends at the root %s, which no chosen client trusts.", s.at(top.Position))
			f.Fix = "If it is your own CA, install that root on the clients and pass it by `--add-roots`; else take a certificate of a CA that they trust."
			if _, known := s.known(top.Cert); known {
				f.Authority.Known = true
				f.Message = fmt.Sprintf("The chain ends at the root %s. It is a known root, but no chosen client trusts it.", s.at(top.Position))
			}
		} else if i := s.presentedIssuer(top.Cert); i >= 0 {
			f.Message = fmt.Sprintf("The chain goes in a circle: the CA of %s issued %s, and no chosen client trusts a CA of it.",
				s.at(i), s.at(top.Position))
			f.Fix = "If one of them is your own root, pass that by `--add-roots`; if another certificate leads out of the circle, send it " +
				"(give it to this program by `--pool`)."
		} else if i := s.presentedKeyOf(top.Cert); i >= 0 {
			f.Message = fmt.Sprintf("The chain ends at %s: it names the key of %s, which did not sign it.", s.at(top.Position), s.at(i))
			f.Fix = "It is damaged, or another certificate of that name belongs behind it: get it from the CA again, with its chain."
		} else if issuer := top.Cert.Issuer; s.anchorNamed(top.Cert) {
			f.Message = fmt.Sprintf("The chain ends at %s, issued by %q. Clients trust a root of that name, but its key did not sign it.",
				s.at(top.Position), issuer.Common)
			f.Fix = fmt.Sprintf("If %q was made anew under its old name, install its present root on the clients and pass it by `--add-roots`, "+
				"or have the certificate issued by the CA whose root they have; if the key identifiers are those of that root, %s is damaged: "+
				"get it from the CA again.", issuer.Common, s.at(top.Position))
		} else {
			f.Message = fmt.Sprintf("The chain ends at %s, issued by %q, which no chosen client trusts and we do not know. "+
				"If that CA is an unknown intermediate, its certificate is missing: from here the two look the same.",
				s.at(top.Position), top.Cert.Issuer.Common)
			f.Fix = fmt.Sprintf("If %q is your own root, pass it by `--add-roots`; if it is an intermediate, send its certificate (give it to this program by `--pool`", top.Cert.Issuer.Common)
			if where := s.publishedAt(top.Cert); where != "" {
				f.Fix += "; " + where
			}
			f.Fix += ")."
		}
		report(f)
	},
}

// presentedIssuer is the position of a certificate that c was issued by; -1: none was sent.
func (s *Subject) presentedIssuer(c *cert.Certificate) int {
	return slices.IndexFunc(s.Entries, func(e chain.Entry) bool {
		return e.Cert != nil && e.Cert != c && chain.Certifies(s.session, e.Cert, c)
	})
}

// presentedKeyOf is the position of a certificate whose key c names, and that did not
// sign it; -1: there is none.
func (s *Subject) presentedKeyOf(c *cert.Certificate) int {
	return slices.IndexFunc(s.Entries, func(e chain.Entry) bool {
		return e.Cert != nil && e.Cert != c && s.namesKeyOf(c, e.Cert)
	})
}

// anchorNamed reports whether a trust anchor has the name of c's issuer, and none
// that has signed c.
func (s *Subject) anchorNamed(c *cert.Certificate) bool {
	named := s.Judge.world.Anchors.BySubject(c.Issuer)
	return len(named) > 0 && !slices.ContainsFunc(named, func(a *cert.Certificate) bool { return s.session.Signed(c, a) != chain.No })
}

// known finds the certificate of c's key and name among what is known.
func (s *Subject) known(c *cert.Certificate) (*cert.Certificate, bool) {
	for _, source := range s.Judge.Known {
		for _, k := range source.Set.BySPKI(c.Key.SPKI) {
			if k.Subject.Canon == c.Subject.Canon {
				return k, true
			}
		}
	}
	return nil, false
}
