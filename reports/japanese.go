package reports

func japanese() labels {
	return labels{
		lang: "ja",

		Endpoint: "接続先", Chain: "送信された証明書チェーン", Findings: "指摘", Clients: "クライアント", Product: "製品",
		Address: "アドレス", Expires: "有効期限", Issuer: "発行者", Fix: "修正", Tags: "タグ",

		Leaf: "サーバー証明書", Missing: "不足", RootSent: "ルートを送信", CrossSent: "クロス", Again: "重複",
		Unrelated: "無関係", Wrong: "誤り", Unreadable: "解読不能",
		Expired: "期限切れ", NotYet: "有効期間前", SelfSigned: "自己署名", Weak: "脆弱",
		OutOfOrder: "順序違い", NotFirst: "先頭でない", WrongName: "名前不一致", Revoked: "失効",
		Intermediate: "中間証明書", Root: "ルート", InStores: "クライアントが保持するルート", HadElsewhere: "未送信 (一部のクライアントが保持)",

		OK: "正常", Info: "情報のみ", Warning: "警告あり", Error: "エラーあり", Failed: "未判定", Waived: "容認済み", Skipped: "対象外（使えない行またはファイル）",

		Breaks: "接続できないクライアント: %s", AndMore: "他 %d 件", AllClients: "全 %d 種", Until: "%s まで",
		Counts: "接続先 %d 件", CountsOf: "%[2]s %[1]d", Who: "拒否の多いクライアント", Of: "%[2]d クライアント中 %[1]d",
		Next: "次の手順", NextFixOne: "同じ中間証明書を必要とする %d 件のうち、最も重い 1 件を直す",
		NextFixOther: "他のハンドシェイクに問題がある %d 件のうち 1 件のファイルを作成",
		NextFix:      "%d 件を直すファイルを作成", NextWhy: "最も重い指摘の説明 (%d 件)",
		NextRetry:       "判定できなかったものを再度スキャンします。理由は上をご覧ください|判定できなかった %d 件のうち 1 件を再度スキャンします。理由は上をご覧ください",
		NextIntercepted: "このネットワークで TLS が傍受されていませんか。無関係な %[2]d ドメインの接続先 %[1]d 件が未知の CA (%[3]s) の下にあります (%[4]s)",
		QUICSame:        "QUIC: 同じチェーン", QUICOther: "QUIC: 別のチェーン", QUICNone: "QUIC: チェーンなし",
		NothingTo: "対処の必要はありません", Stopped: "中断されました。最後の対象まで達していません。",
		AsTheyCame: "接続先が %d 件を超えたため、並べ替えず到着順に指摘を表示します。",
		OldFacts:   "CA とトラストストアのデータは %s のもので、%d 日前です。tlschain data update で更新できます。",
		AsOf:       "%s 時点での判定。", HowTo: "対処:", Turns: "%d 件の変わり目",

		Title: "TLS 証明書チェーン報告", SkipTo: "接続先の一覧へ", FixesTitle: "修正", ExpiresTitle: "期限切れ・まもなく期限切れ",
		ClientsTitle: "クライアント", ByClient: "クライアントごとの拒否と接続", EndpointsTitle: "接続先", RulesTitle: "指摘の意味",
		FixFor: "このファイルで %d 件が直ります", NoBytes: "この報告には証明書の内容が含まれていません。上のコマンドがファイルを作成します。取得が必要な場合は --aia を付けてください。",
		TheFile: "サーバー証明書の後に、この順で送る証明書", Copy: "コピー", Copied: "コピーしました", ToCopy: "コピーするファイル", LeafAlone: "サーバー証明書だけを送信してください。後に続く証明書は不要です。",
		ForExample: "対象",
		Search:     "検索", SortBy: "並べ替え", Show: "表示", Shown: "%d 件を表示", State: "状態", Accepted: "接続可", Refused: "接続不可", Client: "クライアント",
		Paths: "クライアントがたどる経路", PathOf: "%d クライアント", NoPath: "経路なし", AllAccept: "%d クライアントすべてが接続できます。",
		Reasons: "接続できない理由", SentLine: "送信", Corrected: "現状と修正後", Added: "追加", Dropped: "削除",
		Moved: "移動", Kept: "維持", Why: "なぜ問題か", HowToFix: "直し方", References: "参考資料",
		UnderAlone: "その CA のほかに問題のない %d 件はここに表示していません。",
		NotListed:  "他 %d 件はここに表示していません。",
		NeedScript: "他 %d 件もこのファイルにあり、スクリプトが動く環境で表示されます。",
		More:       "さらに表示",
		NoDetail:   "ページを小さく保つため詳細を省きました。この接続先だけをスキャンすると表示できます。",
		Drawing:    "チェーン", Details: "証明書", Handshake: "ハンドシェイク", TimesOut: "エラー",
		ClientAsked: "サーバーはクライアント証明書を要求しています。", ClientCA: "受け付ける CA:", AnyClientCA: "CA の指定はありません。",
		Legend:  "実線の枠は送信された証明書 (番号は位置)、破線は不足、点線はクライアントが保持するもの。矢印は署名した鍵の証明書を指し、太線は接続できるクライアントの経路です。",
		NoFixes: "ファイルの修正が必要な接続先はありません。", NoExpiry: "30 日以内に期限が切れるものはありません。",
		DaysLeft: "残り %d 日", DaysAgo: "%d 日前に期限切れ", ServerName: "検査した名前",
	}
}
