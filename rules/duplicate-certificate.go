package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/chain"
)

var duplicateCertificate = Rule{
	ID: "duplicate-certificate", Class: ClassPresentation, Severity: Warning, Since: "0.1",
	Title: "A certificate is sent twice",
	Why: "The copy costs bytes in every handshake and counts against the limits of clients (ten certificates in Java, nine in " +
		"wolfSSL). Most often the server's certificate stands in the certificate file and again in the chain file.",
	Fix:    "Delete the second copy. With a separate chain file, that file holds intermediates only.",
	Refs:   []string{"RFC 8446 section 4.4.2"},
	Remark: RemarkAgain,
	Japanese: Text{
		Title: "同じ証明書が 2 回送られている",
		Why: "接続のたびに無駄なデータとなり、クライアントの上限 (Java は 10 枚、wolfSSL は 9 枚) にも数えられます。" +
			"サーバー証明書が、証明書ファイルとチェーンファイルの両方に入っていることが多いです。",
		Fix: "2 つ目を削除してください。チェーンファイルには中間 CA 証明書だけを入れます。",
		Says: map[string]string{
			"%s is a copy of an earlier one.":                       "%[1]s は、前にある証明書と同じものです。",
			"%d of the %d certificates are copies of earlier ones.": "%[2]s 枚のうち %[1]s 枚が、前にある証明書と同じものです。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		copies := s.with(chain.Duplicate)
		if len(copies) == 0 {
			return
		}
		f := Finding{
			Positions: copies, Clients: s.newlyAccepting(s.without(copies...)),
			Message: fmt.Sprintf("%s is a copy of an earlier one.", capital(s.at(copies[0]))),
			Fix:     s.leaveOut(copies...),
		}
		if len(copies) > 1 {
			f.Message = fmt.Sprintf("%d of the %d certificates are copies of earlier ones.", len(copies), len(s.Entries))
		}
		report(f)
	},
}

// list writes positions for people: "1, 2 and 5".
func list(positions []int) string {
	out := ""
	for i, p := range positions {
		switch {
		case i == 0:
		case i == len(positions)-1:
			out += " and "
		default:
			out += ", "
		}
		out += fmt.Sprint(p)
	}
	return out
}
