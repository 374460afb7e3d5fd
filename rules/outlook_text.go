package rules

import (
	"fmt"
	"time"
)

// turnTitles name the kinds, in English and Japanese.
var turnTitles = map[TurnKind][2]string{
	LeafEnds:         {"certificate ends", "サーバー証明書の期限"},
	IntermediateEnds: {"intermediate ends", "中間証明書の期限"},
	AnchorEnds:       {"root ends", "ルートの期限"},
	RevokedFrom:      {"revoked", "失効"},
	DistrustedFrom:   {"distrusted", "不信任"},
	StoreChanges:     {"other roots", "ルートの変更"},
	IssuanceEnds:     {"new certificates refused", "新規発行分の信頼の終了"},
	NextRefused:      {"next certificate refused", "次の証明書の拒否"},
	LifetimeStep:     {"shorter lifetimes", "有効期間の短縮"},
}

// Title names the kind for people, in a language: "ja", or English for any other.
func (k TurnKind) Title(lang string) string {
	if lang == "ja" {
		return turnTitles[k][1]
	}
	return turnTitles[k][0]
}

// Reason says what turns, in words that do for every endpoint of the same turn.
func (t *Turn) Reason() string {
	date := t.Until.UTC().Format(time.DateOnly)
	switch t.Kind {
	case LeafEnds:
		return "The server's certificate ends."
	case IntermediateEnds:
		return fmt.Sprintf("The CA certificate %q ends, and without it there is no path for these clients.", t.title())
	case AnchorEnds:
		return fmt.Sprintf("The root %q ends in the clients' own stores.", t.title())
	case RevokedFrom:
		return fmt.Sprintf("%q is revoked from this day on, and without it there is no path for these clients.", t.title())
	case DistrustedFrom:
		return fmt.Sprintf("These clients do not trust %q any more for certificates like the server's.", t.title())
	case IssuanceEnds:
		return fmt.Sprintf("What is issued under %q after %s is refused; what was issued before goes on.", t.title(), date)
	case NextRefused:
		return fmt.Sprintf("The usual renewal is due, and a certificate issued under %q after %s is refused.", t.title(), date)
	case LifetimeStep:
		return fmt.Sprintf("From this day on public CAs issue for at most %d days, so that a renewal is due every %d days.", t.Days, t.Days*2/3)
	}
	return "These clients change their root certificates, and have none for this chain then."
}

// Fix says what to do before it turns.
func (t *Turn) Fix() string {
	switch t.Kind {
	case LeafEnds:
		return "Renew it and install the new file before this day."
	case IntermediateEnds:
		return "Before this day, send the CA's current certificates after the server's own, or renew under another intermediate."
	case AnchorEnds:
		return "Before this day, have the clients' stores updated, or send a cross-certificate of the CA by a root that they hold longer."
	case RevokedFrom, DistrustedFrom:
		return "Renew under another root or intermediate before this day."
	case IssuanceEnds:
		return "Ask the CA for another root before the first renewal after this day, or renew before it."
	case NextRefused:
		return fmt.Sprintf("Order the next certificate under another root than %q, and install the whole file that comes with it.", t.title())
	case LifetimeStep:
		return "Have renewal done by a program before this day, such as an ACME client; a certificate that was issued before goes on to its end."
	}
	return "Ask the CA for a chain to a root that these clients go on holding."
}

func (t *Turn) title() string {
	if t.Cert == nil {
		return "(no name)"
	}
	return title(t.Cert)
}

// outlookJa are the texts above in Japanese.
var outlookJa = map[string]string{
	"The server's certificate ends.": "サーバー証明書の有効期間が終わります。",
	"The CA certificate %q ends, and without it there is no path for these clients.": "" +
		"CA 証明書 %[1]s の有効期間が終わり、示されたクライアントの経路がなくなります。",
	"The root %q ends in the clients' own stores.": "クライアントのストアにあるルート %[1]s の有効期間が終わります。",
	"%q is revoked from this day on, and without it there is no path for these clients.": "" +
		"%[1]s がこの日から失効として扱われ、示されたクライアントの経路がなくなります。",
	"These clients do not trust %q any more for certificates like the server's.": "" +
		"示されたクライアントは、このサーバー証明書のような証明書について %[1]s を信頼しなくなります。",
	"What is issued under %q after %s is refused; what was issued before goes on.": "" +
		"%[1]s の下で %[2]s より後に発行された証明書は拒否されます。それ以前に発行されたものは引き続き使えます。",
	"The usual renewal is due, and a certificate issued under %q after %s is refused.": "" +
		"通常の更新時期ですが、%[1]s の下で %[2]s より後に発行された証明書は拒否されます。",
	"From this day on public CAs issue for at most %d days, so that a renewal is due every %d days.": "" +
		"この日から公的な CA が発行する証明書の有効期間は最長 %[1]s 日となり、更新は %[2]s 日ごとになります。",
	"These clients change their root certificates, and have none for this chain then.": "" +
		"示されたクライアントのルート証明書が変わり、このチェーンに対応するルートがなくなります。",

	"Renew it and install the new file before this day.": "この日までに更新し、新しいファイルを設置してください。",
	"Before this day, send the CA's current certificates after the server's own, or renew under another intermediate.": "" +
		"この日までに、サーバー証明書の後に CA の現行の証明書を送るか、別の中間 CA の下で更新してください。",
	"Before this day, have the clients' stores updated, or send a cross-certificate of the CA by a root that they hold longer.": "" +
		"この日までにクライアントのストアを更新するか、より長く有効なルートによる CA のクロス証明書を送ってください。",
	"Renew under another root or intermediate before this day.": "この日までに、別のルートまたは中間 CA の下で更新してください。",
	"Ask the CA for another root before the first renewal after this day, or renew before it.": "" +
		"この日より後の最初の更新までに別のルートの証明書を CA に依頼するか、この日までに更新してください。",
	"Order the next certificate under another root than %q, and install the whole file that comes with it.": "" +
		"次の証明書は %[1]s 以外のルートの下で依頼し、受け取ったファイル全体を設置してください。",
	"Have renewal done by a program before this day, such as an ACME client; a certificate that was issued before goes on to its end.": "" +
		"この日までに ACME クライアントなどで更新を自動化してください。それ以前に発行された証明書は期限まで使えます。",
	"Ask the CA for a chain to a root that these clients go on holding.": "" +
		"示されたクライアントが引き続き持つルートへのチェーンを CA に依頼してください。",
}
