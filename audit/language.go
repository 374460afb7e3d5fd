package audit

import (
	"fmt"

	"github.com/tlschain/tlschain/reports"
)

// A language is what notices say, in one language. The texts with verbs in them
// are formats; numbers of arguments let languages put them in another order.
type language struct {
	parts                               [len(parts)]string // titles, in the order of parts
	count                               string             // of a part in a headline: number, title
	comma                               string
	audit, tagged, partial              string
	more, well, fixes, fix              string
	gone, noChain, again, late, renewed string
	none, refused, fewMore, from        string
	still, stillCount, since            string
	broken, brokenIn, ends, endsIn, day string
	summary                             string

	fewLeft, fewLeftText           string // endpoints that are left, and that were
	notComplete, notCompleteText   string
	skippedTitle, skippedLinesText string
	waiverEnds                     string // rule, endpoint, date, endpoints, reason, who

	waiversEnd func(n int) string
	lines      func(n int) string
	endpoints  func(n int) string    // how many
	skipped    func(*Summary) string // lines; empty: none
}

var english = &language{
	parts: [...]string{"unreachable", "well again", "worse", "not renewed as usual", "new", "gone", "changed"},
	count: "%[1]d %[2]s", comma: ", ",
	audit:   "Audit %[1]d of %[2]s, %[3]s: %[4]s, %[5]d with errors, %[6]d with warnings, %[7]d unreachable%[8]s.\n",
	tagged:  "Audit %[1]d of %[2]s, %[3]s, of its endpoints with %[9]s: %[4]s, %[5]d with errors, %[6]d with warnings, %[7]d unreachable.\n",
	partial: "It did not look at everything.\n",
	more:    "  and %d more\n", well: "  %d without findings\n", fixes: "Fixes",
	fix:  "  %[1]d by the same certificates after the leaf, the worst of them: %[2]s\n",
	gone: "no longer among the targets", noChain: "no chain: ", again: "answers again",
	late: "not renewed, which is usual by %[1]s; it runs out on %[2]s", renewed: "renewed after all",
	none: "no findings", refused: "refused by ", fewMore: " and %d more clients", from: "from %[1]s to %[2]s",
	still: "Still there", stillCount: "%d still there", since: "%[1]s, since %[2]s",
	broken: "%d broken", brokenIn: "Broken in %[1]s (%[2]d)", ends: "%[1]d end within %[2]d days",
	endsIn: "Ends within %[3]d days in %[1]s (%[2]d)", day: "ends on %s",
	summary: "What is still broken or ends next, %s.\n",

	fewLeft:     "only %[1]d of %[2]d endpoints left",
	fewLeftText: "The group has %[3]s, and had %[2]d: if that is not meant, look at its lists.",
	notComplete: "not complete", notCompleteText: "Not complete: ",
	skippedTitle: "%s skipped", skippedLinesText: "Skipped: ",
	waiverEnds: "The waiver of %[1]s for %[2]s ends on %[3]s, and what it is for counts again then (%[4]s): %[5]s%[6]s.",
	waiversEnd: func(n int) string {
		if n == 1 {
			return "1 waiver ends soon"
		}
		return fmt.Sprintf("%d waivers end soon", n)
	},
	lines:     func(n int) string { return reports.Plural(n, "line") },
	endpoints: func(n int) string { return reports.Plural(n, "endpoint") },
	skipped:   (*Summary).skippedText,
}

var japanese = &language{
	parts: [...]string{"到達不能", "回復", "悪化", "通常どおり更新されていない", "新規", "対象外になった", "変化"},
	count: "%[2]s %[1]d 件", comma: "、",
	audit:   "%[2]s の監査 %[1]d (%[3]s): エンドポイント %[4]s、エラー %[5]d、警告 %[6]d、到達不能 %[7]d%[8]s。\n",
	tagged:  "%[2]s の監査 %[1]d (%[3]s)、%[9]s のエンドポイント %[4]s、エラー %[5]d、警告 %[6]d、到達不能 %[7]d。\n",
	partial: "すべてを調べたわけではありません。\n",
	more:    "  ほか %d 件\n", well: "  検出事項なし %d 件\n", fixes: "修正",
	fix:  "  同じ証明書の並びで直るもの %[1]d 件。最も深刻なもの: %[2]s\n",
	gone: "対象から外れました", noChain: "チェーンなし: ", again: "再び応答します",
	late: "通常は %[1]s までに更新されますが、まだです。期限は %[2]s です", renewed: "更新されました",
	none: "検出事項なし", refused: "拒否するクライアント: ", fewMore: " ほか %d クライアント", from: "%[1]s から %[2]s へ",
	still: "未解決", stillCount: "未解決 %d 件", since: "%[1]s (%[2]s から)",
	broken: "問題あり %d 件", brokenIn: "%[1]s で問題のあるもの (%[2]d)", ends: "%[2]d 日以内に期限切れ %[1]d 件",
	endsIn: "%[1]s で %[3]d 日以内に期限が切れるもの (%[2]d)", day: "期限 %s",
	summary: "まだ問題のあるものと、次に期限が切れるものです (%s)。\n",

	fewLeft:     "エンドポイントが %[2]d 件から %[1]d 件に減少",
	fewLeftText: "このグループのエンドポイントは %[3]s です (前回 %[2]d 件)。意図したものでなければ、リストを確認してください。",
	notComplete: "未完了", notCompleteText: "未完了: ",
	skippedTitle: "読み飛ばし %s", skippedLinesText: "読み飛ばした行: ",
	waiverEnds: "%[2]s の %[1]s を許容する期限は %[3]s です。それ以降は再び検出事項になります (%[4]s): %[5]s%[6]s",
	waiversEnd: func(n int) string { return fmt.Sprintf("期限の近い許容 %d 件", n) },
	lines:      func(n int) string { return fmt.Sprintf("%d 行", n) },
	endpoints:  func(n int) string { return fmt.Sprintf("%d 件", n) },
	skipped: func(s *Summary) string {
		if s.Skipped == 0 {
			return ""
		}
		return fmt.Sprintf("、読み飛ばした行 %d", s.Skipped)
	},
}

// languages are what lang of a receiver takes.
var languages = map[string]*language{"": english, "en": english, "ja": japanese}
