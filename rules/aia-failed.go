package rules

import "fmt"

var aiaFailed = Rule{
	ID: "aia-failed", Class: ClassClient, Severity: Info, Since: "0.1",
	Title: "The issuer could not be fetched from the URL in the certificate",
	Why: "Certificates may name a URL of their issuer's certificate (authority information access). Chrome, Windows and Apple's " +
		"clients fetch it to complete a chain. Where it fails, those clients fail too, and this program could not look further.",
	Fix: "Send the whole chain, then nobody needs the URL. A CA of your own should keep the URL alive, as plain http with a DER " +
		"certificate or a PKCS #7 bundle behind it.",
	Refs:   []string{"RFC 5280 section 4.2.2.1"},
	Beyond: true,
	Japanese: Text{
		Title: "証明書内の URL から発行者を取得できない",
		Why: "証明書には発行者の証明書の URL が入っていることがあります (AIA)。Chrome、Windows、Apple " +
			"のクライアントはそこから取得してチェーンを補います。失敗するとそれらのクライアントも失敗し、" +
			"このプログラムも先を調べられません。",
		Fix: "チェーン全体を送れば URL は不要です。独自 CA では、DER の証明書か PKCS #7 を http で提供し続けてください。",
	},
	Check: func(s *Subject, report func(Finding)) {
		for _, f := range s.AIA {
			report(Finding{
				Message: fmt.Sprintf("Fetching %s failed: %s.", f.URL, f.Message),
				Fix:     "Send the missing intermediates, or fix the URL.",
			})
		}
	},
}
