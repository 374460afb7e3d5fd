package rules

// interceptionSuspected is about a report as a whole: it is found where endpoints
// are counted, once for each CA.
var interceptionSuspected = Rule{
	ID: "interception-suspected", Class: ClassComparison, Severity: Warning, Since: "1.0",
	Title: "Many unrelated names are under one CA that nobody knows",
	Why: "A proxy, a firewall or a virus scanner between here and the servers opens TLS and signs each certificate anew, by a CA of " +
		"its own: what is seen is its work, and says nothing of the servers. It is suspected where one CA that no chosen client trusts, and " +
		"that is not a known public one, stands above names of ten or more registrable domains, and above at least half of the endpoints that " +
		"have such a name.",
	Fix: "Scan from a network without such a proxy, or have these names exempted there. If it is your own CA, and all these domains are " +
		"yours, pass its root by `--add-roots`.",
	Refs: []string{"US-CERT TA17-075A: HTTPS Interception Weakens TLS Security"},
	Japanese: Text{
		Title: "無関係な多数の名前が未知の 1 つの CA の下にある",
		Why: "ここからサーバーまでの間のプロキシ、ファイアウォール、ウイルス対策ソフトが TLS を開き、独自の CA で証明書を署名し直しています。" +
			"見えているのはその装置の証明書で、サーバーのものではありません。選んだどのクライアントも信頼せず、既知の公開 CA でもない 1 つの CA が、" +
			"10 以上の登録ドメインの名前の上にあり、そのような名前を持つ接続先の半数以上を占めるときに疑います。",
		Fix: "このような装置のないネットワークからスキャンするか、対象の名前を除外設定にしてください。自社の CA ですべて自社のドメインなら、" +
			"ルートを `--add-roots` で指定してください。",
	},
}
