package rules

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/tlschain/tlschain/rules/client"
)

var nameMismatch = Rule{
	ID: "name-mismatch", Class: ClassCertificate, Severity: Error, Since: "0.1",
	Title: "The certificate is for another name",
	Why: "Clients compare the name in the address with the subject alternative names of the certificate, and refuse if none fits. " +
		"Often the right certificate is there, but the server answers with its default one because the name is not configured for " +
		"this address.",
	Fix: "One of three things fixes it: add the name to the certificate (multi-domain), use a wildcard for the whole level, or " +
		"configure the certificate of this name for it by SNI (a server block or virtual host of its own). An address of its own does " +
		"it too.",
	Refs:     []string{"RFC 9525 section 6", "SureServer FAQ: several certificates on one server"},
	Remark:   RemarkWrongName,
	Explains: []client.Cause{client.Name},
	Japanese: Text{
		Title: "証明書の名前が一致しない",
		Why: "クライアントは、アドレスの名前と証明書のサブジェクト代替名を比べ、一致しなければ拒否します。" +
			"正しい証明書はあるのに、その名前が設定されておらず、既定の証明書が返っていることも多いです。",
		Fix: "次のいずれかで直ります。マルチドメイン証明書に名前を加える、ワイルドカード証明書を使う、SNI " +
			"でこの名前の証明書を設定する。専用の IP アドレスを割り当てる方法もあります。",
		Says: map[string]string{
			"%s is for it: put that first, with its own key, and its issuers behind it.": "" +
				"%[1]s がその名前の証明書です。それを先頭に置き、その鍵を使い、発行者の証明書を続けてください。",
			"The certificate is not for %s: %s.": "証明書は %[1]s のものではありません (%[2]s)。",
			"Get a certificate that holds %s as an IP address among its subject " +
				"alternative names, or have clients connect by name.": "%[1]s を IP アドレスとしてサブジェクト代替名に含む証明書を取得するか、クライアントが名前で接続するようにしてください。",
			"it holds no name":         "名前なし",
			"it is for %s":             "証明書の名前: %[1]s",
			"it is for %s and %d more": "証明書の名前: %[1]s 他 %[2]s 件",
			"Get a certificate that holds %s or a wildcard for it, or configure " +
				"the one you have for this name by SNI.": "%[1]s かそのワイルドカードを含む証明書を取得するか、この名前の証明書を SNI で設定してください。",
			"it holds the address as a DNS name and " +
				"not as an IP address": "アドレスが IP アドレスではなく DNS 名として入っています",
			"its name %q ends in a dot": "名前 %[1]s の末尾に点があります",
			"its name %q has a wildcard where none may stand: it must be the whole " +
				"first label, with two labels behind it": "名前 %[1]s のワイルドカードの位置が不正です。先頭のラベル全体で、後ろに 2 つのラベルが必要です",
			"it holds the address as an " +
				"IPv6 address, %s": "アドレスが IPv6 アドレス %[1]s として入っています",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		c := s.leaf()
		if c == nil || s.Name == "" || c.MatchesName(s.Name) {
			return
		}
		if !c.HasNames() && strings.EqualFold(c.Subject.CommonName(), s.Name) {
			return // no-san says it
		}
		names := c.Names()
		holds := "it holds no name"
		if len(names) > 0 {
			holds = "it is for " + strings.Join(names[:min(len(names), 5)], ", ")
		}
		if len(names) > 5 {
			holds += fmt.Sprintf(" and %d more", len(names)-5)
		}
		if why := c.NearMiss(s.Name); why != "" {
			holds = why
		}
		fix := fmt.Sprintf("Get a certificate that holds %s or a wildcard for it, or configure the one you have for this name by SNI.", s.Name)
		if _, err := netip.ParseAddr(s.Name); err == nil {
			fix = fmt.Sprintf("Get a certificate that holds %s as an IP address among its subject alternative names, or have clients connect "+
				"by name.", s.Name)
		}
		if i := s.betterLeaf(); i >= 0 {
			fix = fmt.Sprintf("%s is for it: put that first, with its own key, and its issuers behind it.", capital(s.at(i)))
		}
		report(Finding{
			Positions: []int{s.Chain.Leaf},
			Message:   fmt.Sprintf("The certificate is not for %s: %s.", s.Name, holds),
			Fix:       fix,
		})
	},
}
