package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tlschain/tlschain/rules/cert"
)

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
		Says: map[string]string{
			"The certificate names its issuer at %s alone, %s.": "証明書の示す発行者の" +
				"場所は %[1]s だけです (%[2]s)。",
			"a directory that only the CA's own Windows domain can ask": "CA 自身の " +
				"Windows ドメインだけが参照できるディレクトリー",
			"and clients do not fetch issuers by https, which would need the trust that is being built": "クライアントは " +
				"https で発行者を取得しません",
			"a path on the CA's own machine": "CA の機器内のパス",
			"a kind of URL that clients do not fetch": "クライアントが取得し" +
				"ない種類の URL",
			"Export the issuer there (on the CA: `certutil -ca.cert issuer.cer`), give it by `--pool` and send it with the chain.": "発行者をそこで書き出し (CA 上で `certutil -ca.cert issuer.cer`)、`--pool` で渡し、チェーンと一緒に送ってください。",
			"An http URL in the CA's AIA settings would help clients that fetch.": "CA の AIA " +
				"設定に http の URL を加えると、取得するクライアントに有効です。",
			"Download the issuer (`curl -O`), give it by `--pool` and send it with the chain.": "発行者をダウンロードし (`curl -O`)、`--pool` で渡し、チェーンと一緒に送ってください。",
			"Copy the issuer from there, give it by `--pool` and send it with the chain.":      "発行者をそこからコピーし、`--pool` で渡し、チェーンと一緒に送ってください。",
			"Ask the CA for the issuer, give it by `--pool` and send it with the chain.":       "発行者を CA から入手し、`--pool` で渡し、チェーンと一緒に送ってください。",
			"The CA should name an http URL.": "CA は http " +
				"の URL を示すべきです。",
			"Send the missing intermediates, or put a certificate there again.": "不足している中間 " +
				"CA 証明書を送るか、その URL に証明書を再び置いてください。",
			"the CA names it at %s, where it could not be fetched": "CA が示す " +
				"%[1]s からは取得できませんでした",
			"the CA publishes it at %s, `--aia` fetches it": "CA は %[1]s で公開しており、`--aia` で取得できます",
			"the CA names it at %s, %s": "CA が示す場所は " +
				"%[1]s です (%[2]s)",

			"Fetching %s failed: %s.":                         "%[1]s の取得に失敗しました: %[2]s。",
			"Send the missing intermediates, or fix the URL.": "不足している中間 CA 証明書を送るか、URL を直してください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		for _, f := range s.AIA {
			if f.Untried {
				why, fix := unfetchable(f.URL)
				report(Finding{Message: fmt.Sprintf("The certificate names its issuer at %s alone, %s.", f.URL, why), Fix: fix})
				continue
			}
			report(Finding{
				Message: fmt.Sprintf("Fetching %s failed: %s.", f.URL, f.Message),
				Fix:     "Send the missing intermediates, or put a certificate there again.",
			})
		}
	},
}

// unfetchable says why nobody fetches an issuer from a URL, and what to do.
func unfetchable(url string) (why, fix string) {
	scheme, _, _ := strings.Cut(strings.ToLower(url), ":")
	const again = ", give it by `--pool` and send it with the chain"
	switch scheme {
	case "ldap", "ldaps":
		return "a directory that only the CA's own Windows domain can ask", "Export the issuer there (on the CA: `certutil -ca.cert issuer.cer`)" + again +
			". An http URL in the CA's AIA settings would help clients that fetch."
	case "https":
		return "and clients do not fetch issuers by https, which would need the trust that is being built", "Download the issuer (`curl -O`)" + again +
			". The CA should name an http URL."
	case "file":
		return "a path on the CA's own machine", "Copy the issuer from there" + again + ". The CA should name an http URL."
	}
	return "a kind of URL that clients do not fetch", "Ask the CA for the issuer" + again + "."
}

// publishedAt says where a CA publishes a certificate's issuer, and how this
// program gets it; empty if the certificate does not say.
func (s *Subject) publishedAt(c *cert.Certificate) string {
	if urls := c.FetchableIssuers(); len(urls) > 0 {
		if slices.ContainsFunc(s.AIA, func(f AIAFailure) bool { return f.URL == urls[0] }) {
			return "the CA names it at " + urls[0] + ", where it could not be fetched"
		}
		return "the CA publishes it at " + urls[0] + ", `--aia` fetches it"
	}
	if len(c.CAIssuers) > 0 {
		why, _ := unfetchable(c.CAIssuers[0])
		return "the CA names it at " + c.CAIssuers[0] + ", " + why
	}
	return ""
}
