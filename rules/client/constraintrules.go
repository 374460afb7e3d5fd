package client

import (
	"slices"
	"strings"
)

// ConstraintRules tells how a client that reads name constraints applies them.
// The zero value is RFC 5280 sections 4.2.1.10 and 6.1.3: all alternative names of
// every certificate below, and its subject, against subtrees of their form.
type ConstraintRules struct {
	Common      ConstrainedCommon `yaml:"common"`      // whose common name is compared with DNS names
	CommonHost  bool              `yaml:"common_host"` // only one that is like a host name
	CommonIP    bool              `yaml:"common_ip"`   // one that is an address is compared with addresses
	AddsCommon  bool              `yaml:"adds_common"` // what it compares of common names becomes an alternative name: the leaf is for that address
	NeedSAN     bool              `yaml:"need_san"`    // a leaf without alternative names whose common name is like a host is refused
	LeafOnly    bool              `yaml:"leaf_only"`   // CA certificates may have any names
	Wildcards   bool              `yaml:"wildcards"`   // a wildcard that could stand for an excluded name is excluded
	EveryName   bool              `yaml:"every_name"`  // alternative names of other forms are compared with DNS names, too
	DropDot     bool              `yaml:"drop_dot"`    // a dot at the end of a subtree's domain does not count
	EmptyNone   bool              `yaml:"empty_none"`  // an empty domain covers none; else it covers all
	Proper      bool              `yaml:"proper"`      // what two CA certificates permit in the same words, neither does: it intersects domains by what lies below them
	Comparisons int               `yaml:"comparisons"` // most comparisons, names by subtrees, for one CA certificate; 0: no limit

	// Forms that it does not compare. Where there are subtrees of a form and a
	// certificate with such names, it refuses that, or does not care.
	RefusePermitted NameForms `yaml:"refuse_permitted"`
	RefuseExcluded  NameForms `yaml:"refuse_excluded"`
	SkipPermitted   NameForms `yaml:"skip_permitted"`
	SkipExcluded    NameForms `yaml:"skip_excluded"`
}

// ConstrainedCommon tells whose common name is held to constraints of DNS names.
type ConstrainedCommon uint8

// Whose common name counts.
const (
	CommonOfNone       ConstrainedCommon = iota
	CommonOfLeaf                         // that of a leaf without a DNS name
	CommonOfLeafNoHost                   // that of a leaf with neither DNS name nor address
	CommonOfAny                          // that of any certificate without alternative names
	CommonOfForm                         // that of any certificate without alternative names of its form: DNS names, or addresses if it is one
)

var constrainedCommonWords = []string{"none", "leaf-no-dns", "leaf-no-host", "any-no-san", "any-no-form"}

// String gives the word for the value.
func (v ConstrainedCommon) String() string { return word(v, constrainedCommonWords) }

// UnmarshalText reads the word for a value.
func (v *ConstrainedCommon) UnmarshalText(b []byte) error {
	return fromWord(v, b, constrainedCommonWords)
}

// NameForms is a set of forms of names.
type NameForms uint16

// The forms.
const (
	FormDNS NameForms = 1 << iota
	FormEmail
	FormURI
	FormIP
	FormDirectory
)

var formWords = []string{"dns", "email", "uri", "ip", "directory"}

// String lists the forms.
func (f NameForms) String() string { return strings.Join(words(f, formWords), ", ") }

// UnmarshalYAML reads a list of forms.
func (f *NameForms) UnmarshalYAML(unmarshal func(any) error) error {
	var list []string
	if err := unmarshal(&list); err != nil {
		return err
	}
	return fromWords(f, list, formWords)
}

// maxComparisons is at which product of names and subtrees OpenSSL, Chromium and
// GnuTLS give up [I:nc=-many:1000 L:san=dns:test.example,many:1100].
const maxComparisons = 1 << 20

// constraintRules tells how each client applies name constraints, by id; whoever
// is not here has the rules of RFC 5280, or knows none at all: see
// [NameConstraints]. Ids in brackets are scenarios of the runs of single
// certificates, and changes chains that the conformance tests can make.
var constraintRules = func() map[string]ConstraintRules {
	openSSL10 := ConstraintRules{RefusePermitted: FormIP, RefuseExcluded: FormIP} // "unsupported name constraint type" [c-ip-ok c-cn-p]
	openSSL := ConstraintRules{Common: CommonOfLeaf, CommonHost: true, Comparisons: maxComparisons}
	boringSSL := openSSL10
	boringSSL.NeedSAN = true // "Issuer has name constraints but leaf has no SANs" [c-cn-p]
	bun := ConstraintRules{
		NeedSAN: true, Wildcards: true, Comparisons: maxComparisons, // [c-w-xother]
		RefusePermitted: FormIP, RefuseExcluded: FormIP, // [c-ip-ok]
	}
	// Go before 1.26 and rustls count to 250,000, by their sources: they were not run on so many.
	goOld := ConstraintRules{Comparisons: 250000, SkipPermitted: FormDirectory, SkipExcluded: FormDirectory}
	golang := ConstraintRules{Wildcards: true, SkipPermitted: FormDirectory, SkipExcluded: FormDirectory} // [c-w-xother]
	rustls := ConstraintRules{
		Wildcards: true, Comparisons: 250000,
		RefusePermitted: FormDirectory | FormEmail | FormURI, RefuseExcluded: FormDirectory | FormEmail | FormURI, // [c-dir-ok]
	}
	unlimited := rustls
	unlimited.Comparisons = 0
	java := ConstraintRules{
		Common: CommonOfForm, CommonHost: true, CommonIP: true, AddsCommon: true, // [I:nc=+dns:test.example J:cn=other.example, BetterTLS case 7542]
		Wildcards: true, // [c-w-xother]
	}
	rules := map[string]ConstraintRules{
		"boringssl-android": boringSSL,
		"bun":               bun,
		"gnutls-3.7": {
			Common: CommonOfLeaf, LeafOnly: true, DropDot: true, Comparisons: maxComparisons, // [I:nc=+dns:test.example J:san=dns:other.example, I:nc=+dns:test.example.]
			SkipPermitted: FormURI | FormDirectory, RefuseExcluded: FormURI | FormDirectory, // [c-dir-x, I:nc=+dir:another]
		},
		"nss-3.87": {Common: CommonOfLeafNoHost},
		"firefox":  {Wildcards: true, RefusePermitted: FormURI, RefuseExcluded: FormURI | FormDirectory}, // [c-w-xother c-dir-x, I:nc=-dir:another]
		"chrome": {
			Wildcards: true, DropDot: true, Comparisons: maxComparisons,
			RefusePermitted: FormURI, RefuseExcluded: FormURI, // [I:nc=-uri:a.other.test L:san=dns:test.example,uri:https://a.other.test/]
		},
		"wolfssl-5.5": {
			Common: CommonOfAny, EveryName: true, SkipPermitted: FormURI | FormIP, SkipExcluded: FormURI | FormIP, // [c-ip-dnsperm]
		},
		"botan-2.19": {
			Common: CommonOfAny, CommonHost: true, CommonIP: true, Comparisons: 1<<12 - 1, // [I:nc=-many:45 L:san=dns:test.example,many:89]
			RefusePermitted: FormEmail | FormURI, SkipExcluded: FormEmail | FormURI, // [c-em-x c-em-viol]
		},
		"go":                 golang,
		"go-1.21":            goOld,
		"go-1.23":            goOld,
		"java-17":            java,
		"java-17-aia":        java,
		"rustls-0.20":        unlimited,
		"rustls-0.23":        rustls,
		"rustls-0.23-aws-lc": rustls,
		"windows":            {Common: CommonOfLeaf},
		"android":            {Proper: true, EmptyNone: true}, // [I:nc=+dns: I:nc=-dns:]
	}
	for _, id := range families["openssl-1.0"] {
		rules[id] = openSSL10
	}
	for _, id := range slices.Concat(families["openssl-1.1"], families["openssl-3"]) {
		rules[id] = openSSL
	}
	return rules
}()
