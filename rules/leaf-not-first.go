package rules

import "github.com/tlschain/tlschain/rules/client"

var leafNotFirst = Rule{
	ID: "leaf-not-first", Class: ClassPresentation, Severity: Error, Since: "0.1",
	Title: "The server's own certificate is not the first one",
	Why: "A TLS client takes the first certificate of the list for the server's, without exception. When a CA certificate stands " +
		"there, every client compares the wrong name and the wrong key, and refuses.",
	Fix: "Put the server's certificate at the top of the file, then the intermediates from the bottom up. Usually two files were " +
		"concatenated in the wrong order: it is `cat server.crt intermediate.crt`, not the other way round.",
	Refs:   []string{"RFC 5246 section 7.4.2", "RFC 8446 section 4.4.2"},
	Remark: RemarkNotFirst,
	Explains: []client.Cause{client.Incomplete, client.Untrusted, client.Expired, client.Name, client.Algorithm, client.Constraint,
		client.Order},
	Japanese: Text{
		Title: "サーバー証明書が先頭にない",
		Why: "TLS クライアントは、送られた一覧の先頭を必ずサーバー証明書として扱います。そこに CA 証明書があると、" +
			"名前も鍵も別のものと比べることになり、すべてのクライアントが接続を拒否します。",
		Fix: "ファイルの先頭にサーバー証明書を置き、その後に中間 CA 証明書を下位から順に並べてください。多くの場合、2 " +
			"つのファイルを逆の順に連結したことが原因です。正しくは `cat server.crt intermediate.crt` です。",
		Says: map[string]string{
			"The server's certificate %s is not the first of the list; %s is.": "サーバー証明書 (%[1]s) が先頭になく、%[2]s が先頭にあります。",
			"Move it to position 0, before everything else.":                   "位置 0 に移し、他のすべてより前に置いてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		if s.Unordered || s.Chain.Leaf <= 0 {
			return
		}
		report(Finding{
			Positions: []int{s.Chain.Leaf},
			Message:   "The server's certificate " + s.at(s.Chain.Leaf) + " is not the first of the list; " + s.at(0) + " is.",
			Fix:       "Move it to position 0, before everything else.",
			Clients:   s.newlyAccepting(s.sorted()),
		})
	},
}
