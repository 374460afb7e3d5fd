package rules

import (
	"slices"

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
		"connected machine collects them (rootsupd.exe did so once).",
	Refs: []string{"RFC 5280 section 6.1", "SureServer FAQ: registering root certificates"},
	Gap:  true,
	Japanese: Text{
		Title: "選んだクライアントの一部が拒否する",
		Why: "クライアントはそれぞれのやり方で、自分の持つルートから経路を作ります。" +
			"他の規則で説明できない理由をここに示します。多くは、そのクライアントが持っていない、" +
			"または除外されたルートです。",
		Fix: "そのクライアントが必要かどうかを判断してください。必要なら、信頼されるルートの証明書を使うか、" +
			"ルートを配布します。クロスルート証明書で届く場合は、レポートに示されます。ルートを自動でダウンロードしない " +
			"Windows (機能が無効、ファイアウォールやポリシーで制限) には、グループ ポリシー (コンピューターの構成、Windows " +
			"の設定、セキュリティの設定、公開キーのポリシー、信頼されたルート証明機関) で配布します。接続できる機器で " +
			"`certutil -generateSSTFromWU roots.sst` を実行すると集められます (以前は rootsupd.exe)。",
	},
	Check: func(s *Subject, report func(Finding)) {
		var reasons []string
		byReason := make(map[string][]client.Verdict)
		for _, v := range s.Clients {
			if v.Accepted || s.explained(v) {
				continue
			}
			if byReason[v.Reason] == nil {
				reasons = append(reasons, v.Reason)
			}
			byReason[v.Reason] = append(byReason[v.Reason], v)
		}
		for _, reason := range reasons {
			f := Finding{Message: capital(reason) + ".", Fix: advice[byReason[reason][0].Cause]}
			for _, v := range byReason[reason] {
				f.Clients = append(f.Clients, v.Client)
			}
			f.Severity = s.weightOf(f.Clients)
			report(f)
		}
	},
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

// advice is the mend by kind of obstacle, where no rule knows a better one.
var advice = map[client.Cause]string{
	client.Incomplete: "Nothing that could be sent is known to help; the client needs the root, or a certificate of another CA.",
	client.Untrusted:  "The client needs the root in its store, or the server a certificate of a CA that this client trusts.",
	client.Expired:    "Take the expired certificate out of the list, or replace it by a valid one of the same key.",
	client.Name:       "Get a certificate that holds the name as this client compares it.",
	client.Algorithm:  "Use certificates with SHA-256 signatures and keys of at least 2048 bits, or of a curve that this client knows.",
	client.Constraint: "Use an intermediate that may issue certificates for TLS servers, and for this name.",
	client.Order:      "Send exactly the path, in order, and nothing else.",
	client.Odd:        "Replace the certificate by one that keeps to RFC 5280.",
	client.Limit:      "Send fewer or smaller certificates.",
}
