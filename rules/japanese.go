package rules

// adviceJa holds in Japanese what several rules say: how certificates are named,
// what to send instead, and what a certificate that is issued anew must have.
var adviceJa = map[string]string{
	"%q at position %d":            "位置 %[2]s の %[1]s",
	"the entry at position %d":     "位置 %[1]s のデータ",
	"%q (SHA-256 %x)":              "%[1]s (SHA-256 %[2]s)",
	"%q by %q (SHA-256 %x)":        "%[2]s が発行した %[1]s (SHA-256 %[3]s)",
	"%q by %q (SHA-256 %x) and %s": "%[2]s が発行した %[1]s (SHA-256 %[3]s) と %[4]s",
	"%s and %d more clients":       "%[1]s 他 %[2]s クライアント",
	"For %s":                       "%[1]s について",
	"without SNI":                  "SNI なし",
	"RSA handshake":                "RSA のハンドシェイク",
	"ECDSA handshake":              "ECDSA のハンドシェイク",
	"TLS 1.2 handshake":            "TLS 1.2 のハンドシェイク",
	"TLS 1.3 handshake":            "TLS 1.3 のハンドシェイク",
	"another leaf":                 "別のサーバー証明書",
	"the same leaf with other certificates after it":   "サーバー証明書は同じで、後に続く証明書が異なるもの",
	"the same leaf, but %d certificates instead of %d": "サーバー証明書は同じで、%[2]s 枚でなく %[1]s 枚のもの",
	"%d and %d":     "%[1]s と %[2]s",
	"%s, %d and %d": "%[1]s, %[2]s と %[3]s",
	"%s: %s":        "%[1]s: %[2]s",

	"this rule failed on this chain (%s), so its question is open": "この規則はこのチェーンの処理に失敗しました (%[1]s)",
	"report this as a bug of tlschain, with the chain":             "チェーンを添えて tlschain の不具合として報告してください",

	"Send nothing but the server's certificate.":             "サーバー証明書だけを送ってください。",
	"Send exactly this after the server's certificate: %s.":  "サーバー証明書の後に、次のものだけを送ってください: %[1]s。",
	"Send %s in place of %s.":                                "%[2]s の代わりに %[1]s を送ってください。",
	"Send %s after position %d.":                             "%[1]s を位置 %[2]s の後に送ってください。",
	"Send %s after it.":                                      "その後に %[1]s を送ってください。",
	"Take %s out of the list.":                               "%[1]s を一覧から外してください。",
	"Take the certificates at positions %s out of the list.": "位置 %[1]s の証明書を一覧から外してください。",
	"That gains %s.":                                         "これで %[1]s が接続できます。",
	"Then %s would refuse.":                                  "その場合、%[1]s は接続できなくなります。",
	"The list also lacks %s after position %d; no client accepts by that alone: see the other findings.": "一覧には位置 %[2]s の後に %[1]s も必要です。" +
		"それだけで接続できるクライアントはないため、他の指摘も確認してください。",
	"%s, then %s": "%[1]s、続いて %[2]s",

	"Have the server trust the CA, or take a client certificate of one that it trusts.": "サーバーにその CA を信頼させるか、" +
		"サーバーが信頼する CA のクライアント証明書を使ってください。",
	"Have the server trust the root too: to it, no path ends at an intermediate.": "サーバーにルートも信頼させてください。" +
		"このサーバーでは、中間 CA 証明書で終わる経路は認められません。",
	deeper: "サーバーの許す深さを増やしてください。nginx は `ssl_verify_depth` (中間 CA 証明書を数えます)、" +
		"Apache は `SSLVerifyDepth` (ルートも数えます) です。",

	"Nothing that is known here and could be sent helps: the client needs the root %q in its store, " +
		"or the server a certificate of a CA that the client trusts.": "送ることで解決する既知の証明書はありません。" +
		"クライアントのストアにルート %[1]s を入れるか、クライアントが信頼する CA の証明書を使ってください。",
	"Nothing that is known here and could be sent helps: the client needs a root in its store to which the list leads, " +
		"or the server a certificate of a CA that the client trusts.": "送ることで解決する既知の証明書はありません。" +
		"一覧がたどり着くルートをクライアントのストアに入れるか、クライアントが信頼する CA の証明書を使ってください。",
	"Nothing that is known here and could be sent helps: no list of %d certificates makes a path; " +
		"a certificate of a CA with fewer intermediates does.": "送ることで解決する既知の証明書はありません。" +
		"%[1]s 枚では経路になりません。中間 CA の少ない CA の証明書を使ってください。",
	"Nothing that is known here and could be sent helps: the path has too many certificates for the client; " +
		"a certificate of a CA with fewer intermediates has less.": "送ることで解決する既知の証明書はありません。" +
		"経路の証明書がこのクライアントには多すぎます。中間 CA の少ない CA の証明書を使ってください。",
	"Nothing that is known here and could be sent helps: no list of %d bytes makes a path; " +
		"ECDSA certificates are half the size.": "送ることで解決する既知の証明書はありません。" +
		"%[1]s バイトでは経路になりません。ECDSA の証明書は約半分の大きさです。",
	"Nothing that is known here and could be sent helps: the root %q in the client's own store is out of date; " +
		"the client needs a newer root, or the server a certificate of a CA whose root it has.": "送ることで解決する既知の証明書はありません。" +
		"クライアント自身のストアにあるルート %[1]s が有効期間外です。新しいルートを入れるか、クライアントが持つルートの CA の証明書を使ってください。",
	"Nothing that is known here and could be sent helps: the CA has to certify the key of %q anew, " +
		"or the server's certificate has to come from its current intermediate.": "送ることで解決する既知の証明書はありません。" +
		"CA に %[1]s の鍵を改めて証明してもらうか、現行の中間 CA からサーバー証明書を再発行してもらってください。",
	"Nothing that is known here and could be sent helps: the certificate has to be issued again without what the client " +
		"refuses.": "送ることで解決する既知の証明書はありません。" +
		"クライアントが拒否するものを除いて証明書を再発行する必要があります。",
	"No list in the right order helps: also the path by itself is refused, " +
		"for what the other findings say or for a root that the client does not have.": "正しい順の一覧では解決しません。" +
		"経路だけを送っても、他の指摘の理由か、クライアントにルートがないために拒否されます。",
	"Have the server's certificate reissued with a subject alternative name for %s that this client compares as " +
		"equal.": "このクライアントが一致とみなす %[1]s のサブジェクト代替名を入れて、サーバー証明書を再発行してもらってください。",
	"The key of the root %q in the client's store is at fault: the client needs another root, or the server a certificate of a " +
		"CA whose root it has.": "クライアントのストアにあるルート %[1]s の鍵に問題があります。" +
		"クライアントに別のルートを入れるか、サーバーにはクライアントがルートを持つ CA の証明書を使ってください。",
	"Have the certificate issued by a CA whose own is %s: with a new key, %s would no longer be its issuer.": "" +
		"証明書の条件 (%[1]s) を満たす CA から証明書を発行してもらってください。鍵が変わると、%[2]s はその発行者ではなくなります。",
	"Have the certificate issued by a CA: %s is a server's own, and may not issue others.": "" +
		"CA から証明書を発行してもらってください。%[1]s はサーバー用の証明書で、他の証明書を発行できません。",
	"Have clients connect to %s, without the dot at the end.": "クライアントが末尾の点なしの %[1]s に接続するようにしてください。",
	"No certificate for %s helps: for this client the server needs another name, and a certificate that holds " +
		"it.": "%[1]s の証明書では解決しません。このクライアントのためには、サーバーに別の名前と、その名前を含む証明書が必要です。",
	"Install a certificate of a CA that the client trusts: it takes no server's own certificate as " +
		"an anchor.": "クライアントが信頼する CA の証明書を入れてください。このクライアントは、サーバー証明書そのものをトラスト アンカーとしては受け付けません。",
	"Install a certificate of a CA that the client trusts, or give the client this one as an " +
		"anchor.": "クライアントが信頼する CA の証明書を設置するか、この証明書をクライアントに信頼させてください。",
	"Put a certificate where the bytes are that are none.": "証明書でないデータの位置に証明書を置いてください。",
	"The chain is too complex to try what helps: reduce it to the certificates of one path first.": "" +
		"チェーンが複雑すぎて対処を試せません。まず 1 つの経路の証明書だけにしてください。",
	"Renew the server's certificate.": "サーバー証明書を更新してください。",

	"Have the certificate reissued %s.":          "証明書を再発行してもらってください: %[1]s。",
	"Have the server's certificate reissued %s.": "サーバー証明書を再発行してもらってください: %[1]s。",
	"The root %q in the client's store is at fault: give the client a certificate of its key " +
		"%s.": "クライアントのストアにあるルート %[1]s に問題があります。同じ鍵の新しい証明書を入れてください: %[2]s。",
	"The CA has to reissue %s.":    "CA に再発行してもらってください: %[1]s。",
	"%q at position %d with %s":    "位置 %[2]s の %[1]s (条件: %[3]s)",
	"%q at position %d without %s": "位置 %[2]s の %[1]s (%[3]s を含めない)",
	"%q at position %d for %s":     "位置 %[2]s の %[1]s (%[3]s)",
	"%q at position %d as %s":      "位置 %[2]s の %[1]s (%[3]s)",
	"%q with %s":                   "%[1]s (条件: %[2]s)",
	"%q without %s":                "%[1]s (%[2]s を含めない)",
	"%q for %s":                    "%[1]s (%[2]s)",
	"%q as %s":                     "%[1]s (%[2]s)",
	"with %s":                      "%[1]s",
	"without %s":                   "%[1]s を含めない",
	"for %s":                       "%[1]s",
	"as %s":                        "%[1]s",

	"digitalSignature in its key usage":                                     "鍵用途に digitalSignature",
	"keyEncipherment in its key usage, or for an ECDSA key":                 "鍵用途に keyEncipherment、または ECDSA の鍵",
	"CA:FALSE in its basic constraints":                                     "基本制約を CA:FALSE",
	"clientAuth in its extended key usage":                                  "拡張鍵用途に clientAuth",
	"clientAuth in its extended key usage, or without that extension":       "拡張鍵用途に clientAuth、またはこの拡張なし",
	"serverAuth in its extended key usage":                                  "拡張鍵用途に serverAuth",
	"serverAuth in its extended key usage, or without that extension":       "拡張鍵用途に serverAuth、またはこの拡張なし",
	"CA:TRUE in its basic constraints, marked critical":                     "基本制約を CA:TRUE とし critical にする",
	"keyCertSign in its key usage":                                          "鍵用途に keyCertSign",
	"a path length of at least %d in its basic constraints, or without one": "基本制約のパス長を %[1]s 以上、または指定なし",
	"the critical extension %s, or with it not critical":                    "critical 拡張 %[1]s (または critical にしない)",
	"an authority key identifier":                                           "発行者鍵識別子",
	"a subject key identifier":                                              "サブジェクト鍵識別子",
	"keyCertSign and cRLSign in its key usage":                              "鍵用途に keyCertSign と cRLSign",
	"basic constraints marked critical":                                     "critical の基本制約",
	"critical extensions that clients do not know":                          "クライアントが対応していない critical 拡張",
	"name constraints":                                                      "名前制約",
	"name constraints that permit the names of the server's certificate; or take a certificate of another " +
		"issuer": "サーバー証明書の名前を許す名前制約。または別の発行者の証明書を使う",
	"the issuer's name exactly as it stands in %q":       "発行者の名前を %[1]s の表記と完全に一致させる",
	"a signature by SHA-256 and RSA or ECDSA":            "SHA-256 と RSA または ECDSA による署名",
	"a key of at least %d bits":                          "%[1]s ビット以上の鍵",
	"RFC 5280 wants it (now: %s)":                        "RFC 5280 に従う (現在: %[1]s)",
	"an RSA key of at most %d bits, or an ECDSA key":     "%[1]s ビット以下の RSA 鍵または ECDSA の鍵",
	"at most %d bytes, by fewer names in it":             "名前を減らして %[1]s バイト以下",
	"version 3, with CA:TRUE in its basic constraints":   "バージョン 3 で、基本制約を CA:TRUE",
	"version 3, with the extensions that RFC 5280 wants": "バージョン 3 で、RFC 5280 の求める拡張を入れる",
	"a key that all clients know: RSA of 2048 bits or ECDSA on " +
		"P-256": "すべてのクライアントが対応する鍵 (RSA 2048 ビットまたは ECDSA P-256)",
	"an extended key usage that is not critical":            "critical でない拡張鍵用途",
	"a path length in its basic constraints":                "基本制約のパス長",
	"that extension not critical (now: %s)":                 "その拡張を critical にしない (現在: %[1]s)",
	"a subject, or with critical subject alternative names": "サブジェクトを入れるか、サブジェクト代替名を critical にする",
	"certificate policies that are not critical":            "critical でない証明書ポリシー",
	"a certificate policy that its issuers have, or %q without " +
		"requireExplicitPolicy": "発行者が持つ証明書ポリシーを入れるか、%[1]s を requireExplicitPolicy なしにする",
	"a signature by the RSASSA-PSS parameters of the key of %q": "%[1]s の鍵の RSASSA-PSS パラメーターによる署名",
	"an authority key identifier that fits its issuer":          "発行者と合う発行者鍵識別子",
	"an authority key identifier that fits %q":                  "%[1]s と合う発行者鍵識別子",
	"an authority key identifier without issuer and serial number, or with those of " +
		"%q": "発行者鍵識別子に発行者とシリアル番号を入れないか、%[1]s のものを入れる",
	"the key identifier %X of %q in its authority key identifier (now " +
		"%X)": "発行者鍵識別子を %[2]s の鍵識別子 %[1]s とする (現在は %[3]s)",
	"the key identifier %X of %q in its authority key identifier (now %X), without issuer or " +
		"serial number there": "発行者鍵識別子を %[2]s の鍵識別子 %[1]s とし (現在は %[3]s)、発行者とシリアル番号を入れない",
}
