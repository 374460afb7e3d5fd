package client

// Japanese holds the formats of reasons in Japanese, by the English ones.
var Japanese = map[string]string{
	"%q (position %d)": "%[1]s (位置 %[2]s)",
	"%q in its store":  "ストアの %[1]s",

	"the first entry is no certificate, so there is nothing to verify": "先頭のデータが証明書ではないため、検証できません",
	"the leaf itself is in its store":                                  "サーバー証明書そのものがストアにあります",
	"only because it has %s preloaded, which was not sent":             "送られていない %[1]s をあらかじめ持っているため接続できます",
	"only because it fetches %s, which was not sent, from %s":          "送られていない %[1]s を %[2]s から取得するため接続できます",
	"the path leads to %s":                                             "経路は %[1]s に達します",
	"finds no issuer for %s: %s was not sent":                          "%[1]s の発行者が見つかりません。%[2]s が送られていません",
	"finds no issuer for %s: no certificate of %q was sent that fits, and none is in its store": "%[1]s の発行者が見つかりません。%[2]s の合う証明書が送られておらず、" +
		"ストアにもありません",
	"follows the list to %s and finds no issuer for it; does not go back to %s, whose issuer is in its store": "一覧に従って %[1]s まで進み、" +
		"その発行者が見つかりません。" +
		"発行者がストアにある %[2]s までは戻りません",
	"takes %s, which is no self-signed anchor, finds no issuer %q there, and no longer looks at what was sent": "自己署名でない %[1]s を選び、" +
		"その発行者 %[2]s がストアになく、" +
		"送られた証明書はもう調べません",
	"the leaf %s is self-signed and not in its store":                                         "サーバー証明書 %[1]s は自己署名で、ストアにありません",
	"the leaf %s is self-signed, and it takes no such certificate, though it is in its store": "サーバー証明書 %[1]s は自己署名で、ストアにあっても受け付けません",
	"the path ends at the self-signed %s, which is not in its store":                          "経路は自己署名の %[1]s で終わり、それはストアにありません",
	"its store does not hold %s, to which %s leads":                                           "%[2]s からたどれる %[1]s がストアにありません",
	"takes %s as the issuer of %s by its name, but another key signed that":                   "名前から %[1]s を %[2]s の発行者としますが、署名したのは別の鍵です",
	"%s, of X.509 version 1, is not valid for as long as %s":                                  "X.509 バージョン 1 の %[1]s は、%[2]s ほど長く有効ではありません",
	"%s is signed with %s, which it refuses":                                                  "%[1]s の署名は、受け付けない %[2]s です",
	"%s has an RSA key of %d bits, and it wants %d":                                           "%[1]s の RSA 鍵は %[2]s ビットで、%[3]s ビットが必要です",
	"%s has an RSA key of %d bits, and it takes at most %d":                                   "%[1]s の RSA 鍵は %[2]s ビットで、上限は %[3]s ビットです",
	"%s is signed with %s, which it does not know":                                            "%[1]s の署名は、対応していない %[2]s です",
	"%s is no CA certificate by its basic constraints, and may not issue":                     "%[1]s は基本制約で CA とされておらず、証明書を発行できません",
	"%s may not sign certificates by its key usage":                                           "%[1]s は鍵用途により証明書に署名できません",
	"the path length of %s allows %s below it, and there are %d":                              "%[1]s のパス長が許すのは下位に%[2]sで、実際は %[3]s 枚です",
	"no intermediates": "中間 CA 証明書なし",
	"1 intermediate":   "中間 CA 証明書 1 枚",
	"%d intermediates": "中間 CA 証明書 %[1]s 枚",
	"%s is not for TLS servers by its extended key usage": "%[1]s は拡張鍵用途により TLS サーバー用ではありません",
	"%s is not for TLS clients by its extended key usage": "%[1]s は拡張鍵用途により TLS クライアント用ではありません",
	"the authority key identifier of %s does not fit %s":  "%[1]s の発行者鍵識別子が %[2]s と合いません",
	"the issuer name in %s is not spelled as in %s (letter case or kind " +
		"of string), and it compares exactly": "%[1]s にある発行者の名前は %[2]s の表記 (大文字小文字や文字列の型) と異なり、" +
		"このクライアントは厳密に比べます",
	"%s has a critical extension that it does not know (%s)":                         "%[1]s に未対応の critical 拡張 (%[2]s) があります",
	"%s has name constraints, which it cannot handle":                                "%[1]s に、扱えない名前制約があります",
	"the name constraints of %s forbid the names of %s":                              "%[1]s の名前制約が %[2]s の名前を禁じています",
	"does not compare the %d names of %s with so many name constraints, those of %s": "%[2]s の %[1]s 個の名前を、%[3]s の多数の名前制約と照合しません",
	"the signature of %s has other RSASSA-PSS parameters than the key of %s allows":  "%[1]s の署名の RSASSA-PSS パラメーターは、%[2]s の鍵が許すものと異なります",
	"%s requires certificate policies, and none of them is valid down to %s":         "%[1]s が証明書ポリシーを要求していますが、%[2]s まで有効なポリシーがありません",
	"cannot read %s (%s)":                                 "%[1]s を読めません (%[2]s)",
	"the leaf %s is a CA certificate":                     "サーバー証明書 %[1]s が CA 証明書です",
	"the key usage of the leaf %s lacks digitalSignature": "サーバー証明書 %[1]s の鍵用途に digitalSignature がありません",
	"the key usage of the leaf %s lacks keyEncipherment, which this client wants for RSA keys": "サーバー証明書 %[1]s の鍵用途に、" +
		"RSA 鍵で必要な keyEncipherment がありません",
	"cannot read the entry at position %d, which is no certificate": "位置 %[1]s のデータは証明書ではなく、読めません",
	"takes at most %d bytes in the Certificate message, and this one has %d": "Certificate メッセージの上限は %[1]s バイトで、" +
		"%[2]s バイトあります",
	"%s has %d bytes, and it takes at most %d":            "%[1]s は %[2]s バイトで、上限は %[3]s バイトです",
	"takes at most %d certificates, and %d were sent":     "証明書の上限は %[1]s 枚で、%[2]s 枚送られています",
	"takes no intermediate between the leaf and its root": "サーバー証明書とルートの間に中間 CA 証明書を認めません",
	"takes a path of at most %s, and this one is longer":  "経路の上限は%[1]sで、これを超えています",
	"gives up its search for a path after %d steps":       "経路の探索を %[1]s 手順で打ち切ります",
	"takes the first certificate, %s, for the server's own; the leaf %s must come first": "先頭の %[1]s をサーバー証明書とみなします。" +
		"サーバー証明書 %[2]s を先頭に置く必要があります",
	"wants every certificate right before its issuer, and %s, the issuer of %s, is elsewhere": "各証明書の直後に発行者を求めますが、" +
		"%[2]s の発行者 %[1]s が別の位置にあります",
	"wants issuers after what they issued, and %s, the issuer of %s, stands before it": "発行者が後に並ぶことを求めますが、%[2]s の発行者 %[1]s が前にあります",
	"verifies whatever was sent, and cannot verify %s":                                 "送られたすべてを検証し、%[1]s を検証できません",
	"the leaf %s expired on %s":                                                        "サーバー証明書 %[1]s の有効期限は %[2]s に切れました",
	"the leaf %s is not valid before %s":                                               "サーバー証明書 %[1]s は %[2]s まで有効ではありません",
	"verifies whatever was sent, and %s expired on %s":                                 "送られたすべてを検証し、%[1]s の有効期限は %[2]s に切れています",
	"verifies whatever was sent, and %s is not valid before %s":                        "送られたすべてを検証し、%[1]s は %[2]s まで有効ではありません",
	"%s expired on %s":          "%[1]s の有効期限は %[2]s に切れました",
	"%s is not valid before %s": "%[1]s は %[2]s まで有効ではありません",
	"stops at the expired certificate %s and does not look further; it expired on %s":                "%[2]s に期限の切れた %[1]s で止まり、先を調べません",
	"stops at the not yet valid certificate %s and does not look further; it is not valid before %s": "%[2]s まで有効でない %[1]s で止まり、先を調べません",
	"cannot connect to %s: %s": "%[1]s に接続できません。%[2]s",
	"the leaf %s is not for %s to this client: %s": "このクライアントにとって、サーバー証明書 %[1]s は %[2]s のものではありません。" +
		"%[3]s",
	"the leaf %s has no subject alternative names, and it does not read the common name": "サーバー証明書 %[1]s にサブジェクト代替名がなく、コモンネームは見ません",
	"the leaf %s is not for %s":         "サーバー証明書 %[1]s は %[2]s のものではありません",
	"the leaf %s is for %s, not for %s": "サーバー証明書 %[1]s は %[2]s のもので、%[3]s のものではありません",
	"no host name":                      "ホスト名なし",
	"it sends the dot at the end of the name to the server, and servers may break off for it": "名前の末尾の点をそのままサーバーに送り、サーバーが接続を切ることがあります",
	"it connects to names only, not to addresses":                                             "名前にのみ接続し、アドレスには接続しません",
	"it takes no host name with an underscore":                                                "下線を含むホスト名を受け付けません",
	"it takes no host name that ends in a number":                                             "数字で終わるホスト名を受け付けません",
	"trusts %s only for leaves issued up to %s, and this one was issued on %s": "%[1]s を %[2]s までに発行された証明書に限って信頼し、" +
		"これは %[3]s の発行です",
	"trusts %s only for leaves with an SCT up to %s, and by the SCT of %s this one is later": "%[1]s を %[2]s までの SCT がある証明書に限って信頼し、" +
		"これの SCT は最も早くて %[3]s です",
	"trusts %s only for leaves with an SCT up to %s, and this one has no SCT": "%[1]s を %[2]s までの SCT がある証明書に限って信頼し、" +
		"これには SCT がありません",
	"trusts %s only for leaves valid for at most %s days where issued from %s on, and this one was issued on %s for %s days": "" +
		"%[3]s 以降に発行された証明書については、%[1]s を有効期間が %[2]s 日以内のものに限って信頼し、これは %[4]s に %[5]s 日間の有効期間で発行されました",
	"trusts %s only for some domains, and the leaf is for others": "%[1]s を一部のドメインに限って信頼し、サーバー証明書は別のドメインのものです",
	"%s is revoked by %s":              "%[1]s は %[2]s により失効しています",
	"%s, and it finds no other path":   "%[1]s。他の経路も見つかりません",
	"%s, and it does not look further": "%[1]s。先は調べません",
	"finds no other path: %s":          "他の経路なし: %[1]s",
	"does not look further: %s":        "先を調べない: %[1]s",
	"verifies whatever was sent: %s":   "送られたすべてを検証: %[1]s",
	"finds no other path":              "他の経路なし",
	"does not look further":            "先を調べない",
	"verifies whatever was sent":       "送られたすべてを検証",

	"has no %s in its TLS handshakes, and %s has such a key":              "TLS ハンドシェイクで %[1]s に対応していませんが、%[2]s の鍵がそれです",
	"has no %s in its TLS handshakes, and %s has such a key (by TLS 1.2)": "TLS 1.2 のハンドシェイクで %[1]s に対応していませんが、%[2]s の鍵がそれです",
	"has no %s in its TLS handshakes, and %s has such a key (by TLS 1.3)": "TLS 1.3 のハンドシェイクで %[1]s に対応していませんが、%[2]s の鍵がそれです",
	"has no %s, and cannot read %s, which has such a key":                 "%[1]s に対応しておらず、その鍵を持つ %[2]s を読めません",
	"has no %s, and %s has such a key":                                    "%[1]s に対応していませんが、%[2]s の鍵がそれです",
	"does not take %s in its TLS handshakes: %s":                          "TLS ハンドシェイクで %[1]s を受け付けません: %[2]s",
	"cannot read %s: it does not take %s":                                 "%[1]s を読めません。%[2]s を受け付けません",
	"does not take %s: %s":                                                "%[1]s を受け付けません: %[2]s",
}
