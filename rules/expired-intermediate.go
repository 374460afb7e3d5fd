package rules

import (
	"fmt"

	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

var expiredIntermediate = Rule{
	ID: "expired-intermediate", Class: ClassCertificate, Severity: Error, Since: "0.1",
	Title: "An intermediate has expired",
	Why: "The server's certificate may have years to go: if the intermediate above it is out of date, clients refuse both. Where a " +
		"valid certificate of the same key is sent beside it, most clients find that one, but some take the expired one and stop.",
	Fix:      "Replace it by the CA's current certificate for the same key, or by the new intermediate that came with the last renewal.",
	Refs:     []string{"RFC 5280 section 6.1.3"},
	Remark:   RemarkExpired,
	Explains: []client.Cause{client.Expired},
	Japanese: Text{
		Title: "中間 CA 証明書の有効期限が切れている",
		Why: "サーバー証明書に何年も残っていても、上位の中間 CA 証明書が切れていれば両方とも拒否されます。" +
			"同じ鍵の有効な証明書も送られていれば多くのクライアントはそれを使いますが、期限切れの方で止まるものもあります。",
		Fix: "同じ鍵に対する現行の証明書か、最近の更新で提供された新しい中間 CA 証明書に置き換えてください。",
		Says: map[string]string{
			"%s expired on %s.": "%[1]s の有効期限は %[2]s に切れました。",
			"A valid certificate of the same key is at position %d.": "同じ鍵の有効な証明書が位置 %[1]s にあります。",
			"Replace %s by the CA's current certificate of that key, which is not known here, or have the " +
				"server's certificate reissued under the current intermediate.": "%[1]s を、CA の現行の同じ鍵の証明書 (ここでは未知) に置き換えるか、" +
				"現行の中間 CA からサーバー証明書を再発行してもらってください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		onPath := make(map[int]bool)
		for _, step := range s.presented() {
			onPath[step.Position] = true
		}
		for _, i := range s.with(chain.Intermediate) {
			c := s.Entries[i].Cert
			if !s.At.After(c.NotAfter) {
				continue
			}
			f := Finding{
				Severity: Error, Positions: []int{i}, Clients: s.newlyAccepting(s.without(i)),
				Message: fmt.Sprintf("%s expired on %s.", capital(s.at(i)), date(c.NotAfter)),
				Fix: fmt.Sprintf("Replace %s by the CA's current certificate of that key, which is not known here, "+
					"or have the server's certificate reissued under the current intermediate.", s.at(i)),
			}
			if twin := s.liveTwin(i); twin >= 0 {
				f.Severity = Warning
				f.Message += fmt.Sprintf(" A valid certificate of the same key is at position %d.", twin)
				f.Fix = s.leaveOut(i)
			} else if refs := s.replacing(i); len(refs) > 0 {
				f.Missing = refs
				f.Fix, f.Clients = s.send(refs)
			} else if !onPath[i] {
				continue
			} else if e, clients := s.replacement(i); len(clients) > 0 {
				f.Fix, f.Clients = s.wording(e), clients
				for _, a := range e.add {
					f.Missing = append(f.Missing, a.ref)
				}
			}
			report(f)
		}
	},
}

// liveTwin gives the position of a valid certificate with the subject and key
// of the one at position i, or -1.
func (s *Subject) liveTwin(i int) int {
	c := s.Entries[i].Cert
	for j, e := range s.Entries {
		if j != i && e.Cert != nil && e.Cert.Key.SPKI == c.Key.SPKI &&
			e.Cert.Subject.Canon == c.Subject.Canon && e.Cert.ValidAt(s.At) {
			return j
		}
	}
	return -1
}
