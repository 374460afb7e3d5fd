package client

// ConstraintRules tells how a client that reads name constraints applies them.
// The zero value is RFC 5280 sections 4.2.1.10 and 6.1.3: all alternative names of
// every certificate below, and its subject, against subtrees of their form.
type ConstraintRules struct {
	Common      ConstrainedCommon `yaml:"common"`        // whose common name is compared with DNS names
	CommonHost  bool              `yaml:"common_host"`   // only one that is like a host name
	CommonIP    bool              `yaml:"common_ip"`     // one that is an address is compared with addresses
	AddsCommon  bool              `yaml:"adds_common"`   // what it compares of common names becomes an alternative name: the leaf is for that address
	NeedSAN     bool              `yaml:"need_san"`      // a leaf without alternative names whose common name is like a host is refused
	LeafOnly    bool              `yaml:"leaf_only"`     // CA certificates may have any names
	Wildcards   bool              `yaml:"wildcards"`     // a wildcard that could stand for an excluded name is excluded
	EveryName   bool              `yaml:"every_name"`    // alternative names of other forms are compared with DNS names, too
	DropDot     bool              `yaml:"drop_dot"`      // a dot at the end of a subtree's domain does not count
	DropNameDot bool              `yaml:"drop_name_dot"` // nor does one at the end of a name
	NoFirstDot  bool              `yaml:"no_first_dot"`  // a name that begins with a dot is covered by nothing
	EmptyNone   bool              `yaml:"empty_none"`    // an empty domain covers none; else it covers all
	Proper      bool              `yaml:"proper"`        // what two CA certificates permit in the same words, neither does: it intersects domains by what lies below them
	RefuseRare  bool              `yaml:"refuse_rare"`   // names of a rare form are refused where that has subtrees
	Malformed   NameForms         `yaml:"malformed"`     // names of these forms that are malformed are refused where the form has subtrees
	AnyForm     NameForms         `yaml:"any_form"`      // the same where there is any subtree
	Domains     DomainSyntax      `yaml:"domains"`       // which DNS names are not malformed
	Comparisons int               `yaml:"comparisons"`   // most comparisons, names by subtrees, for one CA certificate; 0: no limit

	// Forms that it does not compare. Where there are subtrees of a form and a
	// certificate with such names, it refuses that, or does not care.
	RefusePermitted NameForms `yaml:"refuse_permitted"`
	RefuseExcluded  NameForms `yaml:"refuse_excluded"`
	SkipPermitted   NameForms `yaml:"skip_permitted"`
	SkipExcluded    NameForms `yaml:"skip_excluded"`
}

// ConstrainedCommon tells whose common name is held to constraints of DNS names.
type ConstrainedCommon = enum[constrainedCommonWords]

// Whose common name counts.
const (
	CommonOfNone       ConstrainedCommon = iota
	CommonOfLeaf                         // that of a leaf without a DNS name
	CommonOfLeafNoHost                   // that of a leaf with neither DNS name nor address
	CommonOfAny                          // that of any certificate without alternative names
	CommonOfForm                         // that of any certificate without alternative names of its form: DNS names, or addresses if it is one
)

// DomainSyntax tells which DNS names a client can compare with domains.
type DomainSyntax = enum[domainSyntaxWords]

// The ways to read DNS names.
const (
	AnyDomain         DomainSyntax = iota
	DomainLabels                   // no label is empty, and no character is a space, a control or beyond ASCII
	DomainLabelsOrDot              // the same, with or without a dot in front
	// labels of letters, digits, hyphens and underscores, up to 63 of them, and a wildcard for the whole first one with two behind it
	DomainHosts
)

// NameForms is a set of forms of names.
type NameForms = set[formWords]

// The forms.
const (
	FormDNS NameForms = 1 << iota
	FormEmail
	FormURI
	FormIP
	FormDirectory
)

// maxComparisons is at which product of names and subtrees OpenSSL, Chromium and
// GnuTLS give up [I:nc=-many:1000 L:san=dns:test.example,many:1100].
const maxComparisons = 1 << 20
