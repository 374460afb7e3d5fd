package reports

import (
	"fmt"
	"strings"

	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/rules/chain"
)

// labels are all the words that the formats for people bring along, in one
// language. What a rule says comes from the rules. Texts with a number may be
// "one|many". A test holds that none is empty in any language.
type labels struct {
	lang string // "en" or "ja"

	// names of columns and parts
	Endpoint, Chain, Findings, Clients, Product, Address, Expires, Issuer, Fix, Tags string

	// remarks on one certificate
	Leaf, Missing, RootSent, CrossSent, Again, Unrelated, Wrong, Unreadable     string
	Expired, NotYet, SelfSigned, Weak, OutOfOrder, NotFirst, WrongName, Revoked string
	InStores, HadElsewhere, Intermediate, Root                                  string

	// states of endpoints
	OK, Info, Warning, Error, Failed, Waived, Skipped string

	Breaks     string // %s names of clients
	AndMore    string // %d
	AllClients string // %d
	Until      string // %s a date
	Counts     string // %d endpoints
	CountsOf   string // %d and one of the states
	Who        string // which clients refuse most
	Of         string // %d of %d
	Next       string
	NextFix    string // %d endpoints
	NextFixOne string // %d endpoints with several leaves
	// %d endpoints at fault in another handshake only
	NextFixOther string
	NextWhy      string // %d findings
	NextRetry    string // %d endpoints
	// %d endpoints, %d domains, %s the CA, %s some domains
	NextIntercepted               string
	QUICSame, QUICOther, QUICNone string
	NothingTo                     string
	Stopped                       string
	AsTheyCame                    string // %d endpoints
	AsOf                          string // %s a time
	OldFacts                      string // %s a date, %d days
	HowTo                         string // before what to do
	Turns                         string // %d days on which something turns, and what

	// the HTML page
	Title, SkipTo, FixesTitle, ExpiresTitle, ClientsTitle, ByClient, EndpointsTitle, RulesTitle                 string
	FixFor, NoBytes, TheFile, Copy, Copied, ToCopy, LeafAlone, ForExample                                       string
	Search, SortBy, Show, Shown, State, Accepted, Refused, Client                                               string
	Paths, PathOf, NoPath, AllAccept, Reasons, SentLine, Corrected, Added, Dropped                              string
	Moved, Kept, Why, HowToFix, References, NotListed, UnderAlone, NeedScript, More, NoDetail, Drawing, Details string
	ClientAsked, ClientCA, AnyClientCA                                                                          string
	Handshake, TimesOut, Legend, NoFixes, NoExpiry, DaysLeft, DaysAgo, ServerName                               string
}

func labelsFor(lang string) labels {
	if lang == "ja" || strings.HasPrefix(lang, "ja_") || strings.HasPrefix(lang, "ja-") {
		return japanese()
	}
	return english()
}

// count fills in a number, in the singular or the plural.
func (l labels) count(text string, n int) string {
	one, many, ok := strings.Cut(text, "|")
	if ok && n != 1 {
		one = many
	}
	if !strings.Contains(one, "%") {
		return one
	}
	return fmt.Sprintf(one, n)
}

// list joins at most n names and says how many more there are.
func (l labels) list(names []string, n int) string {
	if len(names) <= n+1 {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:n], ", ") + ", " + fmt.Sprintf(l.AndMore, len(names)-n)
}

// breaks names the clients that refuse, at most n, or says that all do.
func (l labels) breaks(refuse []string, of []Client, n int) string {
	if len(refuse) > n && len(refuse) == len(of) {
		return fmt.Sprintf(l.Breaks, fmt.Sprintf(l.AllClients, len(of)))
	}
	return fmt.Sprintf(l.Breaks, l.list(refuse, n))
}

// role names a role.
func (l labels) role(r chain.Role) string {
	switch r {
	case chain.Leaf:
		return l.Leaf
	case chain.Intermediate:
		return l.Intermediate
	case chain.Cross:
		return l.CrossSent
	case chain.Root:
		return l.Root
	case chain.Wrong:
		return l.Wrong
	case chain.Duplicate:
		return l.Again
	case chain.Unrelated:
		return l.Unrelated
	}
	return l.Unreadable
}

// remark is the short word for what is wrong with one certificate; empty for
// rules that are about more than a certificate.
func (l labels) remark(r rules.Remark) string {
	switch r {
	case rules.RemarkRootSent:
		return l.RootSent
	case rules.RemarkAgain:
		return l.Again
	case rules.RemarkUnrelated:
		return l.Unrelated
	case rules.RemarkWrong:
		return l.Wrong
	case rules.RemarkUnreadable:
		return l.Unreadable
	case rules.RemarkExpired:
		return l.Expired
	case rules.RemarkNotYet:
		return l.NotYet
	case rules.RemarkSelfSigned:
		return l.SelfSigned
	case rules.RemarkWeak:
		return l.Weak
	case rules.RemarkOutOfOrder:
		return l.OutOfOrder
	case rules.RemarkNotFirst:
		return l.NotFirst
	case rules.RemarkWrongName:
		return l.WrongName
	case rules.RemarkRevoked:
		return l.Revoked
	}
	return ""
}
