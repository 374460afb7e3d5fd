// Package rules judges: it takes what was observed at one target and says what
// is wrong with the chain, which clients break because of it, and what fixes it.
//
// It does no I/O, reads no clock and keeps no state: a verdict depends on the
// observation, the date, and the facts and profiles that it is given.
package rules

import (
	"fmt"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/client"
	"github.com/tlschain/tlschain/scanner"
)

// A Rule is one way in which an endpoint can be at fault, with everything that
// a person needs to know about it. ID equals the name of the rule's file.
type Rule struct {
	ID       string
	Class    Class
	Severity Severity // the usual one; a finding may carry another
	Since    string   // release that brought the rule, such as "0.1"
	Title    string   // a noun phrase without a full stop
	Why      string   // why it matters, as a senior engineer would say it
	Fix      string   // what to do about it, in general
	Refs     []string // RFC sections, FAQ entries
	Japanese Text     // title, why and fix for readers of Japanese
	Check    func(*Subject, func(Finding))

	// Remark is what a drawing of the chain writes beside a certificate at fault.
	Remark Remark
	// Gap tells that the rule is about a certificate that is not sent: its findings
	// are shown between the certificates of the list.
	Gap bool
	// NamesMissing tells that its findings name certificates that should be sent.
	NamesMissing bool
	// Beyond tells that the rule depends on more than the list: on a fetch, say.
	// Sending another list does not answer it.
	Beyond bool
	// Rewriting tells that the rule is about how a file is written: the same
	// certificates, written anew, answer it.
	Rewriting bool
	// NamesAuthority tells that its findings have an Authority.
	NamesAuthority bool
	// Explains are the causes for which every client's rejection needs no finding
	// of its own beside one of this rule.
	Explains []client.Cause
	// Effective is since when the rule counts in full: judged as of an earlier
	// date, its findings are information. Zero: always.
	Effective time.Time
}

// A Remark is the kind of fault of one certificate, in a word.
type Remark string

// The remarks. Formats for people have words for them in their languages.
const (
	RemarkRootSent   Remark = "root sent"
	RemarkAgain      Remark = "sent again"
	RemarkUnrelated  Remark = "unrelated"
	RemarkWrong      Remark = "wrong one"
	RemarkUnreadable Remark = "unreadable"
	RemarkExpired    Remark = "expired"
	RemarkNotYet     Remark = "not yet valid"
	RemarkSelfSigned Remark = "self-signed"
	RemarkWeak       Remark = "weak"
	RemarkOutOfOrder Remark = "out of order"
	RemarkNotFirst   Remark = "not first"
	RemarkWrongName  Remark = "other name"
	RemarkRevoked    Remark = "revoked"
)

// A Class tells what kind of question a rule answers.
type Class string

// The classes. Presentation findings make up an endpoint's "presentation".
const (
	ClassPresentation Class = "presentation" // what the server sends, in which order
	ClassCertificate  Class = "certificate"  // what one certificate says
	ClassClient       Class = "client"       // what some client makes of it
	ClassComparison   Class = "comparison"   // between addresses, variants, and what was expected
)

// Severity orders findings. The zero value means "none".
type Severity uint8

// The severities, mildest first.
const (
	None Severity = iota
	Info
	Warning
	Error
)

var severityNames = [...]string{"ok", "info", "warning", "error"}

func (s Severity) String() string { return severityNames[s] }

// MarshalText gives the severity's name; [None] is "ok".
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Severity) UnmarshalText(text []byte) (err error) {
	if string(text) == severityNames[None] {
		*s = None
		return nil
	}
	*s, err = ParseSeverity(string(text))
	return err
}

// ParseSeverity reads "info", "warning" or "error".
func ParseSeverity(text string) (Severity, error) {
	for s := Info; s <= Error; s++ {
		if severityNames[s] == text {
			return s, nil
		}
	}
	return None, fmt.Errorf("severity %q: type error, warning or info", text)
}

// A Finding is one fault of one endpoint.
type Finding struct {
	Rule      string
	Severity  Severity
	Positions []int      // of the presented certificates at fault, ascending
	Missing   []CertRef  // certificates that should have been sent
	Message   string     // one sentence on this very chain; may quote certificates, so clean it before showing
	Fix       string     // what to do here
	Clients   []string   // ids of the clients that break because of it
	Waiver    *Waiver    // nil: not waived
	Authority *Authority // of untrusted-root: the CA that no chosen client trusts; else nil
	// Variant is the handshake whose chain the finding is about; empty: the first.
	// Its positions are of that chain.
	Variant scanner.Variant

	rule *Rule // that found it
}

// A Waiver says that somebody accepts a finding: it is shown, and does not count.
type Waiver struct {
	Reason  string
	Expires time.Time // the end of the waiver
	Owner   string    // who accepted it; empty: nobody said
	Ticket  string    // where that is written down; empty: nobody said
}

// An Authority is the CA at which a chain ends.
type Authority struct {
	Name  cert.Name
	SPKI  cert.Hash // of its key; zero: its certificate was not sent
	Known bool      // the program knows it as a public one
}

// A CertRef names a certificate that was not presented.
type CertRef struct {
	After  int               // position after which it belongs
	Cert   *cert.Certificate // nil: no known certificate fits; only the name is known
	Name   cert.Name         // its subject
	Source string            // where we know it from: "pool", "catalog", "aia"; empty when Cert is nil
}
