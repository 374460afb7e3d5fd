package reports

import (
	"fmt"
	"strings"

	"tlschain/rules"
)

// labels are all the words that the formats for people bring along, in one
// language. What a rule says comes from the rules. A test holds that none is
// empty in any language.
type labels struct {
	Endpoint, Chain, Findings, Clients, Product, Address, Expires, Issuer, Mend string

	Leaf, Missing, RootSent, CrossSent, Again, Unrelated, Wrong, Unreadable string
	Expired, NotYet, SelfSigned, Weak, OutOfOrder, NotFirst, WrongName      string

	OK, Info, Warning, Error, Failed, Waived string

	Breaks     string // clients that break; %s their names
	AndMore    string // %d
	Until      string // %s a date
	Counts     string // %d endpoints
	CountsOf   string // %d %s, a count and one of OK..Failed
	Who        string // which clients refuse the most
	Of         string // %d of %d
	Next       string
	NextFix    string // %d endpoints, %s command
	NextWhy    string // %s command, %d endpoints
	NextRetry  string // %d
	NothingTo  string
	Stopped    string
	AsTheyCame string // %d rows
	HowTo      string // before what to do
}

func labelsFor(lang string) labels {
	if lang == "ja" || strings.HasPrefix(lang, "ja_") || strings.HasPrefix(lang, "ja-") {
		return japanese()
	}
	return english()
}

func english() labels {
	return labels{
		Endpoint: "Endpoint", Chain: "Chain as sent", Findings: "Findings", Clients: "Clients", Product: "Product",
		Address: "Address", Expires: "Expires", Issuer: "Issuer", Mend: "Mend",

		Leaf: "leaf", Missing: "missing", RootSent: "root sent", CrossSent: "cross", Again: "sent again",
		Unrelated: "unrelated", Wrong: "wrong one", Unreadable: "unreadable",
		Expired: "expired", NotYet: "not yet valid", SelfSigned: "self-signed", Weak: "weak",
		OutOfOrder: "out of order", NotFirst: "not first", WrongName: "other name",

		OK: "in order", Info: "with hints", Warning: "with warnings", Error: "with errors", Failed: "not reached", Waived: "waived",

		Breaks: "breaks for %s", AndMore: "%d more", Until: "until %s",
		Counts: "%d endpoint|%d endpoints", CountsOf: "%d %s", Who: "Refused most by", Of: "%d of %d",
		Next: "Next", NextFix: "writes the file that mends %d endpoint|writes the one file that mends %d endpoints",
		NextWhy:   "what the worst fault means (found once)|what the worst fault means (found %d times)",
		NextRetry: "%d endpoint was not judged: see why above, then scan it again|%d endpoints were not judged: see why above, then scan them again",
		NothingTo: "nothing to do", Stopped: "Interrupted: the report ends before the last target.",
		AsTheyCame: "More than %d endpoints: findings as they came, not sorted.", HowTo: "Do:",
	}
}

func japanese() labels {
	return labels{
		Endpoint: "接続先", Chain: "送信された証明書チェーン", Findings: "指摘", Clients: "クライアント", Product: "製品",
		Address: "アドレス", Expires: "有効期限", Issuer: "発行者", Mend: "修正",

		Leaf: "サーバー証明書", Missing: "不足", RootSent: "ルートを送信", CrossSent: "クロス", Again: "重複",
		Unrelated: "無関係", Wrong: "誤り", Unreadable: "解読不能",
		Expired: "期限切れ", NotYet: "有効期間前", SelfSigned: "自己署名", Weak: "脆弱",
		OutOfOrder: "順序違い", NotFirst: "先頭でない", WrongName: "名前不一致",

		OK: "正常", Info: "情報のみ", Warning: "警告あり", Error: "エラーあり", Failed: "未判定", Waived: "容認済み",

		Breaks: "接続できないクライアント: %s", AndMore: "他 %d 件", Until: "%s まで",
		Counts: "接続先 %d 件", CountsOf: "%[2]s %[1]d", Who: "拒否の多いクライアント", Of: "%[2]d 件中 %[1]d 件",
		Next: "次の手順", NextFix: "%d 件を直すファイルを作成", NextWhy: "最も重い指摘の説明 (%d 件)",
		NextRetry: "%d 件は判定できませんでした。上の理由を確認し、再度スキャンしてください",
		NothingTo: "対処の必要はありません", Stopped: "中断されました。最後の対象まで達していません。",
		AsTheyCame: "接続先が %d 件を超えたため、並べ替えず到着順に指摘を表示します。", HowTo: "対処:",
	}
}

// count fills in a number, in the singular or the plural.
func (l labels) count(text string, n int) string {
	one, many, ok := strings.Cut(text, "|")
	if ok && n != 1 {
		one = many
	}
	if !strings.Contains(one, "%") {
		return one
	}
	return fmt.Sprintf(one, n)
}

// severity names a severity as a count's kind.
func (l labels) severity(s rules.Severity) string {
	return [...]string{l.OK, l.Info, l.Warning, l.Error}[s]
}

// list joins at most n names and says how many more there are.
func (l labels) list(names []string, n int) string {
	if len(names) <= n+1 {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:n], ", ") + ", " + fmt.Sprintf(l.AndMore, len(names)-n)
}

// note is the short remark on a certificate that a rule found at fault; empty
// for rules that are about more than a certificate.
func (l labels) note(rule string) string {
	switch rule {
	case "root-in-chain":
		return l.RootSent
	case "duplicate-certificate":
		return l.Again
	case "unrelated-certificate":
		return l.Unrelated
	case "wrong-intermediate", "wrong-cross-root":
		return l.Wrong
	case "unparsable-certificate":
		return l.Unreadable
	case "expired-leaf", "expired-intermediate", "stale-cross-root":
		return l.Expired
	case "not-yet-valid":
		return l.NotYet
	case "self-signed-leaf":
		return l.SelfSigned
	case "weak-signature", "weak-key":
		return l.Weak
	case "wrong-order":
		return l.OutOfOrder
	case "leaf-not-first":
		return l.NotFirst
	case "name-mismatch":
		return l.WrongName
	}
	return ""
}
