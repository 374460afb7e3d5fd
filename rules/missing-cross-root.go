package rules

import (
	"fmt"
	"strings"
)

var missingCrossRoot = Rule{
	ID: "missing-cross-root", Class: ClassPresentation, Severity: Info, Since: "0.1",
	Title: "A cross-certificate would let more clients in",
	Why: "A young root is not yet on old devices. Its CA therefore has it certified by an older root as well: same name, same key, another issuer. " +
		"Sent after the intermediate, this cross-certificate leads old clients to the root they know, while new ones stop at the young root as before.",
	Fix: "Append the named cross-certificate to the chain file, after the intermediate. Weigh it: it costs a kilobyte in each handshake, and it helps only the clients that are named.\n" +
		"IIS sends a cross-certificate only if the self-signed root of the same name is not in the machine's Trusted Root store.",
	Refs: []string{"RFC 4158", "SureServer FAQ: intermediate CA certificates for the cross root"},
	Check: func(s *Subject, report func(Finding)) {
		for _, c := range s.crossRoots().missing {
			names := make([]string, len(c.refs))
			for i, r := range c.refs {
				names[i] = fmt.Sprintf("%q by %q (SHA-256 %s)", title(r.Cert), r.Cert.Issuer.Common, r.Cert.SHA256)
			}
			report(Finding{
				Severity: s.weightOf(c.clients), Missing: c.refs, Clients: c.clients,
				Message: fmt.Sprintf("%s would accept if the cross-certificate %s were sent.", some(c.clients), strings.Join(names, " and ")),
				Fix:     fmt.Sprintf("Send it after position %d, if these clients matter to you.", c.refs[0].After),
			})
		}
	},
}

// some names a few clients for people.
func some(ids []string) string {
	if len(ids) > 4 {
		return fmt.Sprintf("%s and %d more clients", strings.Join(ids[:3], ", "), len(ids)-3)
	}
	return strings.Join(ids, ", ")
}
