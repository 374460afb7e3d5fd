package build

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/rules/cert"
)

// readChromeProto reads Chrome's root store as Chromium's source has it: the
// message RootStore of net/cert/root_store.proto, in text. The certificates
// stand in root_store.certs beside it.
func (b *builder) readChromeProto(name string, r io.Reader) error {
	data, err := slurp(name, r)
	if err != nil {
		return err
	}
	store, err := parseTextproto(string(data))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	version := store.text("version_major")
	if version == "" {
		return fmt.Errorf("%s: it has no version_major: is this Chrome's root_store.textproto?", name)
	}
	if b.StoreOf == nil {
		return fmt.Errorf("%s: nobody says which store this is", name)
	}
	l := &list{Store: b.StoreOf(name), place: name}
	l.Version = "Chrome Root Store " + version
	l.Constraints = make(map[cert.Hash]catalog.Constraint)
	anchors := store.messages("trust_anchors")
	for _, m := range store.messages("additional_certs") { // also those of other purposes
		if m.text("tls_trust_anchor") == "true" {
			anchors = append(anchors, m)
		}
	}
	for _, m := range anchors {
		h, err := parseHash(m.text("sha256_hex"))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		c, trusted, err := chromeConstraint(m)
		if err != nil {
			return fmt.Errorf("%s: anchor %s: %w", name, h, err)
		}
		if slices.Contains(l.anchors, h) {
			return fmt.Errorf("%s: %s stands there twice", name, h)
		}
		if !trusted {
			continue
		}
		l.anchors = append(l.anchors, h)
		if c.Dated() || c.Enforced || c.PermittedDNS != nil {
			l.Constraints[h] = c
		}
	}
	if len(l.anchors) == 0 {
		return fmt.Errorf("%s: it has no anchor for TLS", name)
	}
	l.marksIntermediates = true
	b.setStore(l)
	return nil
}

// markIntermediates says of the anchors of a store, once certificates are known,
// which are no roots.
func (b *builder) markIntermediates() {
	for _, l := range b.store {
		if !l.marksIntermediates {
			continue
		}
		for _, h := range l.anchors {
			if it := b.certs[h]; it != nil && !it.cert.SelfIssued() {
				c := l.Constraints[h]
				c.Intermediate = true
				l.Constraints[h] = c
			}
		}
	}
}

// chromeConstraint makes one condition of an anchor's sets, of which Chrome asks
// for one to be met, as the newest version reads them. What this program does
// not know yet is an error: to leave a condition out would be to trust more.
func chromeConstraint(m message) (c catalog.Constraint, trusted bool, err error) {
	c.Enforced = m.text("enforce_anchor_expiry") == "true" || m.text("enforce_anchor_constraints") == "true"
	sets := m.messages("constraints")
	if len(sets) == 0 {
		return c, true, nil
	}
	for _, set := range sets {
		for field := range set {
			switch field {
			case "sct_not_after_sec", "validity_starts_not_after_sec", "permitted_dns_names", "min_version", "max_version_exclusive",
				"index_not_after", "index_after": // the last two are not for certificates with signatures
			default:
				return c, false, fmt.Errorf("it has the condition %s, which this version of the program does not know", field)
			}
		}
		if set.text("max_version_exclusive") != "" {
			continue // of versions that are past
		}
		this := catalog.Constraint{From: set.text("min_version"), Enforced: c.Enforced}
		if this.SCTUntil, err = set.moment("sct_not_after_sec"); err != nil {
			return c, false, err
		}
		if this.NotBeforeUntil, err = set.moment("validity_starts_not_after_sec"); err != nil {
			return c, false, err
		}
		for _, name := range set["permitted_dns_names"] {
			if s, ok := name.(string); ok {
				this.PermittedDNS = append(this.PermittedDNS, strings.ToLower(s))
			}
		}
		if trusted {
			return c, false, fmt.Errorf("it has more than one set of conditions for today's version, which this version of the program cannot tell")
		}
		c, trusted = this, true
	}
	return c, trusted, nil
}

// moment reads seconds of Unix time; the zero time where there are none.
func (m message) moment(field string) (time.Time, error) {
	n, err := m.integer(field)
	if err != nil || n == 0 {
		return time.Time{}, err
	}
	return time.Unix(n, 0).UTC(), nil
}
