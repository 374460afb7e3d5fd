package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/chain"
)

var unparsableCertificate = Rule{
	ID: "unparsable-certificate", Class: ClassPresentation, Severity: Error, Since: "0.1",
	Title: "The server sends bytes that are no certificate",
	Why: "Even a reading that forgives everything a client is known to forgive cannot make a certificate of these bytes. Many clients " +
		"end the handshake at once, whether they need the entry or not; a few browsers skip it.",
	Fix: "Look at the file that the server loads at this place: a truncated PEM block, a private key, a CSR or a text file in place of " +
		"a certificate.",
	Refs:   []string{"RFC 5280 section 4.1"},
	Remark: RemarkUnreadable,
	Japanese: Text{
		Title: "証明書ではないデータが送られている",
		Why: "クライアントが見逃すと知られている違反をすべて許しても、証明書として読めません。必要かどうかにかかわらず、" +
			"多くのクライアントは直ちに接続を切ります。",
		Fix: "サーバーがこの位置で読み込んでいるファイルを確認してください。途中で切れた PEM、秘密鍵、CSR、" +
			"テキストファイルなどです。",
		Says: map[string]string{
			"The %d bytes at position %d (SHA-256 %x) are no certificate: %s.": "位置 %[2]s の %[1]s バイト (SHA-256 %[3]s) は証明書ではありません: %[4]s。",
			"If a certificate belongs there, put it there.":                    "そこに証明書が必要な場合は、正しいものを置いてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		for _, i := range s.with(chain.Unparsable) {
			severity := Warning
			if i == 0 || s.Chain.State != chain.Complete {
				severity = Error // nothing tells that it is not the one that is needed
			}
			report(Finding{
				Severity: severity, Positions: []int{i}, Clients: s.newlyAccepting(s.without(i)),
				Message: fmt.Sprintf("The %d bytes at position %d (SHA-256 %s) are no certificate: %v.",
					len(s.Entries[i].Raw), i, s.Entries[i].SHA256, s.Entries[i].Err),
				Fix: s.leaveOut(i) + " If a certificate belongs there, put it there.",
			})
		}
	},
}
