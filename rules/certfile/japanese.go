package certfile

// Japanese holds what is said of files in Japanese, by the English
// format, beside what the rule unloadable-file says of the text itself.
var Japanese = map[string]string{

	bareBase64: "BEGIN と END の行がない base64 です",
	bareBase64Fix: "デコードする (base64 -d file.pem > new.der; openssl x509 -inform DER -in new.der) か、" +
		"前後に -----BEGIN CERTIFICATE----- と -----END CERTIFICATE----- の行を置いてください。",
	pemInBase64:    "PEM ファイル全体が base64 で符号化されています",
	pemInBase64Fix: "デコードしてください (base64 -d file.pem > new.pem)。",
	secretFormat:   "Kubernetes の Secret です (%[1]s の内容を判定しました)",
	secretFix:      "対応は不要です。Kubernetes がデコードしてサーバーに渡します。",
	traefikFormat:  "Traefik の acme.json です (%[1]s の内容を判定しました)",
	traefikFix:     "対応は不要です。Traefik が自分で読むファイルです。",
	manifest:       "PEM ファイルが YAML または JSON の %[1]s に base64 で入っています",
	manifestFix:    "値を取り出してデコードしてください (base64 -d)。",
	misplaced: "鍵に対する CA の証明書が、Java が信頼するだけの別名 %[1]s にあります。" +
		"鍵は別名 %[2]s にあり、Java はそこにある証明書を送ります",
	emptyPassword:    "証明書が空のパスワードで暗号化されており、パスワードを設定していないサーバーでは 1 枚も読み込まれません",
	emptyPasswordFix: "パスワードを付けて書き直し (openssl pkcs12 -export -passout file:FILE)、サーバーにも同じものを設定するか、証明書を暗号化しないでください (-certpbe NONE)。",
	plainKey:         "秘密鍵が暗号化されておらず、読み飛ばされます",
	plainKeyFix:      "パスワードを付けて書き直し (openssl pkcs12 -export -passout file:FILE)、サーバーにも同じものを設定してください。",
	misplacedFix:     "別名 %[1]s を削除し (keytool -delete)、発行者を先に取り込んでから、CA の証明書を別名 %[2]s に取り込んでください (keytool -importcert -alias)。",
}
