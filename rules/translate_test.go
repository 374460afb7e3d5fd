package rules

import (
	"regexp"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/rules/client"
)

// ours are words of ours that a translation may not leave in English.
var english = regexp.MustCompile(`\b(the|is|at position|and|with|which|does|not)\b`)

func wantJapanese(t *testing.T, what, text string) {
	t.Helper()
	out, ok := Translate(text, "ja")
	left := regexp.MustCompile(quotedText).ReplaceAllString(out, "")
	if !ok || english.MatchString(left) || strings.Contains(out, "%!") {
		t.Errorf("%s: %q is %q in Japanese", what, text, out)
	}
}

// Whatever is said of a recipe is said in Japanese too.
func TestFindingsAreJapaneseToo(t *testing.T) {
	for _, r := range recipes(t) {
		v := judgeRecipe(t, r)
		for _, f := range v.Findings {
			if f.Rule != "unparsable-certificate" { // quotes what the parser says, in English
				wantJapanese(t, r.File, f.Message)
			}
			wantJapanese(t, r.File, f.Fix)
		}
		for _, c := range v.Clients {
			wantJapanese(t, r.File, c.Reason)
		}
	}
}

// So is what a new certificate must have, for every kind of problem.
func TestReissuesAreJapaneseToo(t *testing.T) {
	r := recipes(t)[0]
	s := NewJudge(Criteria{At: r.At, Profiles: recipeClients(t, r)}, nil).subject([]Presentation{presentation(r, r.Presented, "192.0.2.1:443")}, 0)
	leaf := client.Place{Cert: s.leaf(), Position: s.Chain.Leaf}
	sent := client.Place{Cert: parse(t, r.Anchors[0]), Position: 0}
	store := client.Place{Cert: parse(t, r.Anchors[0]), Position: -1}
	for code := range client.Codes() {
		for _, at := range []client.Place{leaf, sent, store} {
			p := client.Problem{Code: code, At: at, By: store, N: 3, Limit: 2048}
			if code == client.CodeTrait {
				for trait := cert.Trait(0); trait.String() != "unknown"; trait++ {
					p.Trait = trait
					wantJapanese(t, trait.String(), s.reissue(p))
				}
				continue
			}
			wantJapanese(t, string(code), s.reissue(p))
		}
	}
}

// A name cannot pass for words of ours.
func TestNamesAreNotTranslated(t *testing.T) {
	for text, want := range map[string]string{
		`"x\" expired on today. \"" at position 1 expired on 2026-01-01 00:00 UTC.`: `位置 1 の "x\" expired on today. \"" の有効期限は 2026-01-01 00:00 UTC に切れました。`,
		"RSA handshake: Renew it and reload the server.":                            "RSA のハンドシェイク: 更新して、サーバーを再読み込みしてください。",
		"A sentence of another release.":                                            "A sentence of another release.",
	} {
		if got, _ := Translate(text, "ja"); got != want {
			t.Errorf("%s\n is %s", text, got)
		}
	}
}

// What is said of every kind of file is said in Japanese, too.
func TestFlawsAreJapaneseToo(t *testing.T) {
	for english := range certfile.Japanese {
		if text := strings.ReplaceAll(english, "%q", `"a"`); strings.HasSuffix(text, ".") {
			wantJapanese(t, "fix", text)
		} else {
			if strings.Contains(text, "under the alias") { // of a key store, not of its text
				wantJapanese(t, "store", unloadableMessage(certfile.Flaw{Store: true, What: text}))
				continue
			}
			for _, loaders := range [][]certfile.Loader{nil, {certfile.OpenSSL}, {certfile.Go, certfile.Java}, {certfile.OpenSSL, certfile.Go, certfile.Java}} {
				wantJapanese(t, "flaw", unloadableMessage(certfile.Flaw{Lines: []int{1, 2, 3}, What: text, Loaders: loaders}))
			}
		}
	}
	for _, url := range []string{"ldap:///CN=x?cACertificate?base", "https://ca.example/i.crt", "file:////ca/i.crt", "ftp://ca.example/i"} {
		why, fix := unfetchable(url)
		wantJapanese(t, url, "The certificate names its issuer at "+url+" alone, "+why+".")
		wantJapanese(t, url, fix)
	}
}
