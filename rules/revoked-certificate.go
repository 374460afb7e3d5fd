package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
	"github.com/tlschain/tlschain/rules/client"
)

var revokedCertificate = Rule{
	ID: "revoked-certificate", Class: ClassCertificate, Severity: Warning, Since: "0.2",
	Title: "A CA certificate is revoked",
	Why: "CAs and browsers revoke CA certificates long before these end: a cross-certificate was issued again " +
		"with other contents, a CA left the " +
		"business, or its key was stolen. Each client learns of it by a list of its own: Firefox by OneCRL, Go " +
		"by keys in its code. It refuses " +
		"every path through the certificate, while other clients go on as before, so that only some visitors " +
		"complain. Where the CA has issued " +
		"another certificate for the same name and key, sending that one is all there is to do. Where the key " +
		"itself is revoked, no chain helps.",
	Fix: "Send the live certificate of the same name and key that is named here in the place of the revoked " +
		"one; the server's own certificate and key " +
		"stay. If none is named, ask the CA for a certificate from another intermediate: the key above the " +
		"server's certificate is no longer trusted. " +
		"`tlschain fix` writes no revoked certificate.",
	Refs: []string{"RFC 5280 section 5", "Mozilla: OneCRL (wiki.mozilla.org/CA/Revocation_Checking_in_Firefox)"},
	Japanese: Text{
		Title: "CA 証明書が失効している",
		Why: "CA 証明書は、有効期間が終わる前に失効することがあります。内容を改めたクロス証明書の再発行、CA の廃業、" +
			"秘密鍵の漏えいなどが理由です。失効を知る方法はクライアントごとに異なり、Firefox は OneCRL、Go はプログラム内の鍵の一覧を使います。" +
			"一覧を使うクライアントは、その証明書を通る経路をすべて拒否します。ほかのクライアントは受け入れ続けるため、一部の利用者にだけ障害が出ます。",
		Fix: "ここに示した、名前と鍵が同じで失効していない証明書に置き換えてください。サーバー証明書と秘密鍵はそのままで構いません。" +
			"置き換える証明書が示されていない場合は、サーバー証明書の上位の鍵が信頼されなくなっています。別の中間 CA から発行された証明書を CA に依頼してください。" +
			"`tlschain fix` は失効した証明書を書き出しません。",
		Says: map[string]string{
			"%s is revoked: %s.":             "%[1]s は失効しています: %[2]s。",
			"%s lists it":                    "%[1]s が失効として掲載",
			"%s lists it (%s)":               "%[1]s が失効として掲載 (%[2]s)",
			"%s lists its key":               "%[1]s がその鍵を失効として掲載",
			"%s lists its key (%s)":          "%[1]s がその鍵を失効として掲載 (%[2]s)",
			"%s lists it since %s":           "%[1]s が %[2]s から失効として掲載",
			"%s lists it since %s (%s)":      "%[1]s が %[2]s から失効として掲載 (%[3]s)",
			"%s lists its key since %s":      "%[1]s が %[2]s からその鍵を失効として掲載",
			"%s lists its key since %s (%s)": "%[1]s が %[2]s からその鍵を失効として掲載 (%[3]s)",
			"%s leads to a trusted root only through %q, whose every known certificate is revoked: %s.": "" +
				"%[1]s から信頼されたルートへの経路は %[2]s を通るものだけですが、既知の証明書はすべて失効しています: %[3]s。",
			"Get a new certificate with a new key.": "新しい鍵で証明書を取得し直してください。",
			"Take %s out of the list: the live certificate of the same name and key is %s.": "" +
				"%[1]s を一覧から外してください。名前と鍵が同じで失効していない証明書は %[2]s です。",
			"Send no revoked certificate. Ask the CA for the current certificate of this intermediate, " +
				"or for a server certificate from another one.": "失効した証明書は送らないでください。この中間 CA の現行の証明書、または別の中間 CA が発行したサーバー証明書を CA に依頼してください。",
			"No live certificate of the name and key of %q is known that would do in its place. " +
				"Ask the CA for one, or for a server certificate from another intermediate.": "" +
				"%[1]s と名前と鍵が同じで、代わりになる失効していない証明書は知られていません。CA に依頼するか、別の中間 CA からサーバー証明書の発行を受けてください。",
		},
	},
	Remark: RemarkRevoked,
	Check: func(s *Subject, report func(Finding)) {
		for i, e := range s.Entries {
			if e.Cert == nil || slices.Contains([]chain.Role{chain.Duplicate, chain.Unparsable}, s.Chain.Roles[i]) {
				continue
			}
			list, entry := catalog.FindRevoked(s.Judge.Revoked, e.Cert, s.At)
			if entry == nil {
				continue
			}
			f := Finding{
				Severity: s.revokedWeight(list, entry), Positions: []int{i}, Clients: s.goingBy(list, client.Revoked),
				Message: fmt.Sprintf("%s is revoked: %s.", capital(s.at(i)), revokedBy(list, entry)),
			}
			s.swapRevoked(&f, i)
			report(f)
		}
		if s.onlyDead == nil {
			return
		}
		after := s.Chain.Leaf
		for _, step := range s.onlyDead.Path {
			if step.Position >= 0 {
				after = step.Position
				continue
			}
			list, entry := catalog.FindRevoked(s.Judge.Revoked, step.Cert, s.At)
			if entry == nil {
				continue
			}
			report(Finding{
				Severity: Error, Positions: []int{after}, Clients: s.rejecting(client.Incomplete, client.Untrusted),
				Message: fmt.Sprintf("%s leads to a trusted root only through %q, whose every known certificate is revoked: %s.",
					capital(s.at(after)), title(step.Cert), revokedBy(list, entry)),
				Fix: "Send no revoked certificate. Ask the CA for the current certificate of this intermediate, " +
					"or for a server certificate from another one.",
			})
			return
		}
	},
}

// revokedBy says who revoked a certificate, and since when.
func revokedBy(list *catalog.Revocations, e *catalog.Revocation) string {
	who := list.Title
	if e.Who != "" {
		who = e.Who
	}
	text := who + " lists it"
	if e.SPKI != (cert.Hash{}) {
		text = who + " lists its key"
	}
	if !e.Since.IsZero() {
		text += " since " + e.Since.Format(time.DateOnly)
	}
	if e.Reason != "" {
		text += " (" + e.Reason + ")"
	}
	return text
}

// revokedWeight is a warning, or what the weightiest chosen client that goes by
// the list counts. What the user lists is an error.
func (s *Subject) revokedWeight(list *catalog.Revocations, e *catalog.Revocation) Severity {
	if e.Who != "" {
		return Error
	}
	weight := Warning
	for _, p := range s.Judge.Profiles {
		if goesBy(p, list) {
			weight = max(weight, s.Judge.weight[p.ID])
		}
	}
	return weight
}

// goesBy reports whether a client refuses what a list names.
func goesBy(p *client.Profile, list *catalog.Revocations) bool {
	return p.Conditions != nil && slices.ContainsFunc(p.Conditions.Revoked, func(r *catalog.Revocations) bool { return r.ID == list.ID })
}

// goingBy gives the ids of the clients that reject for a cause and go by a list.
func (s *Subject) goingBy(list *catalog.Revocations, cause client.Cause) (ids []string) {
	for i, v := range s.Clients {
		if !v.Accepted && v.Cause == cause && goesBy(s.Judge.Profiles[i], list) {
			ids = append(ids, v.Client)
		}
	}
	return ids
}

// swapRevoked says what to do about the revoked certificate at position i.
func (s *Subject) swapRevoked(f *Finding, i int) {
	c := s.Entries[i].Cert
	if i == s.Chain.Leaf {
		f.Fix = "Get a new certificate with a new key."
		return
	}
	if twin := s.livingSent(i); twin >= 0 {
		f.Fix = fmt.Sprintf("Take %s out of the list: the live certificate of the same name and key is %s.", s.at(i), s.at(twin))
		return
	}
	var best edit
	bestLost := len(s.Clients) + 1
	for _, ref := range s.livingTwins(i) {
		e := edit{entries: slices.Clone(s.Entries), add: []addition{{ref: ref, place: i}}}
		e.entries[i] = chain.EntryFrom(ref.Cert)
		gained, lost := s.changes(e.entries)
		if n := len(lost) - len(gained); n < bestLost && len(lost) == 0 {
			best, bestLost = e, n
		}
	}
	if len(best.add) > 0 {
		f.Fix, f.Missing = s.wording(best), []CertRef{best.add[0].ref}
		return
	}
	if gained, lost := s.changes(s.without(i)); len(lost) == 0 && (len(gained) > 0 || s.Chain.Roles[i] == chain.Unrelated || !s.onPath(i)) {
		f.Fix = s.leaveOut(i)
		return
	}
	f.Fix = fmt.Sprintf("No live certificate of the name and key of %q is known that would do in its place. "+
		"Ask the CA for one, or for a server certificate from another intermediate.", title(c))
}

// livingSent gives the position of a certificate of the same name and key that
// is valid and not revoked, or -1.
func (s *Subject) livingSent(i int) int {
	return slices.IndexFunc(s.Entries, func(e chain.Entry) bool {
		return e.Cert != nil && e.SHA256 != s.Entries[i].SHA256 && sameNameAndKey(e.Cert, s.Entries[i].Cert) &&
			e.Cert.ValidAt(s.At) && !e.Cert.SelfIssued() && !s.Judge.IsRevoked(e.Cert)
	})
}

// livingTwins gives the known certificates of the name and key of the one at
// position i that could be sent in its place, those that last longest first.
func (s *Subject) livingTwins(i int) (refs []CertRef) {
	c := s.Entries[i].Cert
	for _, source := range s.Judge.Known {
		for _, k := range source.Set.BySPKI(c.Key.SPKI) {
			if !k.SelfIssued() && sameNameAndKey(k, c) && k.ValidAt(s.At) && k.ForTLS() && k.IsCA {
				refs = append(refs, CertRef{After: max(i-1, s.Chain.Leaf), Cert: k, Name: k.Subject, Source: source.Name})
			}
		}
	}
	slices.SortStableFunc(refs, func(a, b CertRef) int { return b.Cert.NotAfter.Compare(a.Cert.NotAfter) })
	return refs
}

func (s *Subject) onPath(i int) bool {
	return slices.ContainsFunc(s.Chain.Path, func(step chain.Step) bool { return step.Position == i })
}

// isDead reports whether a known certificate is revoked.
func (s *Subject) isDead(sha cert.Hash) bool {
	for _, set := range s.Judge.dead.Known {
		for _, k := range set.All() {
			if k.SHA256 == sha {
				return s.Judge.IsRevoked(k)
			}
		}
	}
	return false
}
