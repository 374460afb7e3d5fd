package rules

import (
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/client"
)

var clientRejects = Rule{
	ID: "client-rejects", Class: ClassClient, Severity: Info, Since: "0.1",
	Title: "Some chosen client refuses the chain",
	Why: "Each client builds its path in its own way and from its own roots. This finding stands for a reason that no other finding " +
		"gives: most often a root that this client never had, or has no longer.",
	Fix: "Decide whether the client matters. If it does: take a certificate whose root it trusts, or give it the root; a " +
		"cross-certificate may reach it, and the report says so where one is known. Windows clients that do not download roots " +
		"(switched off, behind a firewall, barred by policy) need the root by group policy: Computer Configuration, Windows Settings, " +
		"Security Settings, Public Key Policies, Trusted Root Certification Authorities; `certutil -generateSSTFromWU roots.sst` on a " +
		"connected machine collects them (rootsupd.exe did so once). " +
		"Python 3.13 and later hold certificates to RFC 5280 (VERIFY_X509_STRICT): a certificate without authority key identifier, " +
		"and a CA certificate without subject key identifier or key usage, or whose basic constraints are not critical, have to be " +
		"reissued by their CA; until then a program can clear that one flag of its own context: " +
		"context.verify_flags &= ~ssl.VERIFY_X509_STRICT.",
	Refs: []string{"RFC 5280 section 6.1", "RFC 5280 section 4.2.1.1", "Python documentation: ssl.create_default_context",
		"SureServer FAQ: registering root certificates"},
	Gap: true,
	Japanese: Text{
		Title: "選んだクライアントの一部が拒否する",
		Why: "クライアントはそれぞれのやり方で、自分の持つルートから経路を作ります。" +
			"他の規則で説明できない理由をここに示します。多くは、そのクライアントが持っていない、" +
			"または除外されたルートです。",
		Fix: "そのクライアントが必要かどうかを判断してください。必要なら、信頼されるルートの証明書を使うか、" +
			"ルートを配布します。クロスルート証明書で届く場合は、レポートに示されます。ルートを自動でダウンロードしない " +
			"Windows (機能が無効、ファイアウォールやポリシーで制限) には、グループ ポリシー (コンピューターの構成、Windows " +
			"の設定、セキュリティの設定、公開キーのポリシー、信頼されたルート証明機関) で配布します。接続できる機器で " +
			"`certutil -generateSSTFromWU roots.sst` を実行すると集められます (以前は rootsupd.exe)。" +
			"Python 3.13 以降は証明書に RFC 5280 の要件を求めます (VERIFY_X509_STRICT)。発行者鍵識別子のない証明書、サブジェクト鍵識別子や鍵用途のない CA 証明書、" +
			"基本制約が critical でない CA 証明書は、CA に再発行してもらう必要があります。それまでは、プログラム側でこのフラグだけを外せます: " +
			"context.verify_flags &= ~ssl.VERIFY_X509_STRICT。",
		Says: map[string]string{
			"Some clients find no path to a root that they have": "一部のクライアントは、持っているルートへの経路を見つけられません",
			"Some clients do not take %s":                        "一部のクライアントは %[1]s を受け付けません",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		for _, g := range s.rejections() {
			f := Finding{Message: g.message(), Clients: g.clients()}
			f.Fix, f.Missing = s.adviceFor(*g.verdicts[0].Problem, f.Clients)
			f.Severity = s.severityFor(f.Clients)
			report(f)
		}
	},
}

// A rejection is one cause for which clients reject, with all of those: they
// may differ in how far they look for a way round it.
type rejection struct{ verdicts []client.Verdict }

// rejections groups the rejections that no other finding explains.
func (s *Subject) rejections() (all []*rejection) {
	type cause struct {
		code   client.Code
		at, by *cert.Certificate
		n      int
		trait  cert.Trait
	}
	index := make(map[cause]*rejection)
	for _, v := range s.Clients {
		if v.Accepted || s.explained(v) {
			continue
		}
		p := v.Problem
		key := cause{p.Code, p.At.Cert, p.By.Cert, p.N, p.Trait}
		if p.Code == client.CodeNotCA && p.At.Cert.AllTraits().Has(cert.NoConstraints) {
			key = cause{client.CodeTrait, p.At.Cert, p.By.Cert, p.N, cert.NoConstraints} // other clients name what is not there
		}
		if v.Cause == client.Incomplete || v.Cause == client.Untrusted {
			key = cause{} // no way to a root that the client has, wherever it gives up
		}
		g := index[key]
		if g == nil {
			g = new(rejection)
			index[key] = g
			all = append(all, g)
		}
		g.verdicts = append(g.verdicts, v)
	}
	return all
}

func (g *rejection) clients() (ids []string) {
	for _, v := range g.verdicts {
		ids = append(ids, v.Client)
	}
	return ids
}

// message says what the cause is, and where clients differ, which go which way.
func (g *rejection) message() string {
	var ways, texts []string
	byWay := make(map[string][]string)
	for _, v := range g.verdicts {
		if byWay[v.Reason] == nil {
			ways = append(ways, v.Reason)
			texts = append(texts, v.Problem.Text)
		}
		byWay[v.Reason] = append(byWay[v.Reason], v.Client)
	}
	if len(ways) == 1 {
		return capital(ways[0]) + "."
	}
	text := capital(texts[0])
	one := !slices.ContainsFunc(texts, func(t string) bool { return t != texts[0] })
	var parts []string
	for _, way := range ways {
		v := g.verdicts[slices.IndexFunc(g.verdicts, func(v client.Verdict) bool { return v.Reason == way })]
		if !one {
			parts = append(parts, some(byWay[way])+": "+way)
		} else if v.Problem.Way != "" {
			parts = append(parts, capital(v.Problem.Way)+": "+some(byWay[way]))
		}
	}
	if !one {
		text = g.summary()
	}
	return strings.Join(append([]string{text}, parts...), ". ") + "."
}

// explained reports whether an earlier finding is the reason of this rejection: its
// rule breaks everybody so, or it names the client and weighs as much.
func (s *Subject) explained(v client.Verdict) bool {
	for _, f := range s.Findings {
		if slices.Contains(f.rule.Explains, v.Cause) ||
			f.Severity >= s.Judge.weight[v.Client] && slices.Contains(f.Clients, v.Client) {
			return true
		}
	}
	return false
}

// summary is what clients have in common that put the cause into other words.
func (g *rejection) summary() string {
	v := g.verdicts[0]
	switch {
	case v.Cause == client.Incomplete || v.Cause == client.Untrusted:
		return "Some clients find no path to a root that they have"
	case v.Problem.Code == client.CodeTrait:
		return "Some clients do not take " + v.Problem.Trait.Phrase()
	}
	return capital(v.Problem.Text)
}
