package rules

import (
	"fmt"
	"slices"

	"github.com/tlschain/tlschain/rules/chain"
)

var unrelatedCertificate = Rule{
	ID: "unrelated-certificate", Class: ClassPresentation, Severity: Warning, Since: "0.1",
	Title: "A certificate is sent that belongs to no path of the leaf",
	Why: "It certifies nothing that leads to this leaf: usually a leftover of an earlier certificate or of another CA. Tolerant " +
		"clients skip it. GnuTLS refuses some lists that hold one, BearSSL and Java's SunX509 do so wherever it stands before the " +
		"anchor, and Go refuses the connection if it cannot parse it.",
	Fix:    "Delete it from the file. If it was meant to be the intermediate of this certificate, the chain file is of another product.",
	Refs:   []string{"RFC 5246 section 7.4.2", "RFC 8446 section 4.4.2"},
	Remark: RemarkUnrelated,
	Japanese: Text{
		Title: "サーバー証明書と関係のない証明書が送られている",
		Why: "このサーバー証明書につながる証明に使われません。以前の証明書や別の CA のものが残っていることが多いです。" +
			"多くのクライアントは無視しますが、GnuTLS、BearSSL、Java の SunX509 は拒否する場合があり、Go " +
			"は解析できないと接続を切ります。",
		Fix: "ファイルから削除してください。中間 CA 証明書のつもりだった場合は、別の商品のチェーンファイルです。",
		Says: map[string]string{
			"Put %s first: it is what the server should present.":       "%[1]s を先頭に置いてください。サーバーが提示すべき証明書です。",
			"%s has no part in any path from the server's certificate.": "%[1]s は、サーバー証明書からのどの経路にも使われません。",
			"The %d certificates at positions %s have no part in any path from the server's " +
				"certificate.": "位置 %[2]s の %[1]s 枚は、サーバー証明書からのどの経路にも使われません。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		extra := s.with(chain.Unrelated)
		if len(extra) == 0 {
			return
		}
		f := Finding{
			Positions: extra, Clients: s.newlyAccepting(s.without(extra...)),
			Message: fmt.Sprintf("%s has no part in any path from the server's certificate.", capital(s.at(extra[0]))),
			Fix:     s.leaveOut(extra...),
		}
		if len(extra) > 1 {
			f.Message = fmt.Sprintf("The %d certificates at positions %s have no part in any path from the server's certificate.", len(extra),
				list(extra))
		}
		if i := s.betterLeaf(); slices.Contains(extra, i) {
			if rest := slices.DeleteFunc(slices.Clone(extra), func(n int) bool { return n == i }); len(rest) > 0 {
				f.Fix = s.leaveOut(rest...)
			} else {
				f.Fix = fmt.Sprintf("Put %s first: it is what the server should present.", s.at(i))
			}
		}
		report(f)
	},
}
