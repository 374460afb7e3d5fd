package cert

import (
	"fmt"
	"slices"
	"strings"
)

// HostRules tells how a client compares the leaf with the name that it connects
// to. The zero value is RFC 9525: subject alternative names alone, a wildcard
// for exactly one whole left-most label with two more behind it, addresses as
// addresses.
type HostRules struct {
	Wildcard Wildcard `yaml:"wildcard"`  // where a wildcard may stand
	TopLevel bool     `yaml:"top_level"` // one label behind a wildcard is enough
	LDH      bool     `yaml:"ldh"`       // a wildcard stands for letters, digits and hyphens only
	ALabels  bool     `yaml:"a_labels"`  // a wildcard beside letters may be in an A-label
	Common   bool     `yaml:"-"`         // the common name counts where there is no alternative name

	CommonIPBeside bool        `yaml:"common_ip_beside"` // it may be an address, if it stands beside alternative names of which none is
	CommonName     CommonRule  `yaml:"common_name"`      // beside which alternative names the common name counts all the same
	CommonIP       bool        `yaml:"common_ip"`        // it may be an address
	Bare           bool        `yaml:"bare"`             // a wildcard alone stands for a host of one label
	URI            bool        `yaml:"uri"`              // the host of a URI in the alternative names counts
	NameDot        bool        `yaml:"name_dot"`         // a dot at the end of an alternative name does not count
	Address        AddressRule `yaml:"address"`          // how addresses are compared
	Underscore     bool        `yaml:"underscore"`       // a host with an underscore is refused
	Numeric        bool        `yaml:"numeric"`          // a host whose last label is a number is refused
	Dot            DotRule     `yaml:"dot"`              // what becomes of a dot at the end
}

// Wildcard tells where a wildcard may stand in a name.
type Wildcard uint8

// The places of wildcards.
const (
	WholeLabel Wildcard = iota // it is the left-most label
	LabelStart                 // or the beginning of that
	LabelEnd                   // or its end
	LabelEdge                  // or its beginning or end
	InLabel                    // or anywhere in it
	AnyLabel                   // or anywhere in any label, and more than one
	Greedless                  // anywhere, and it stands for what comes before the first character that follows it
)

// CommonRule tells beside which subject alternative names the common name counts.
type CommonRule uint8

// The rules for the common name.
const (
	NoCommon      CommonRule = iota // beside none
	CommonNoDNS                     // where none is a DNS name
	CommonNoHost                    // where none is a DNS name or an address
	CommonOnlyOdd                   // where none is a DNS name, an address or a URI
)

// AddressRule tells how addresses are compared.
type AddressRule uint8

// The ways to compare addresses.
const (
	ExactAddress  AddressRule = iota // by alternative names that are addresses
	MappedAddress                    // an IPv4 address in IPv6 is the IPv4 address
	AddressOrName                    // as addresses and as names
	AddressAsName                    // as names only
	AnyAddress                       // not at all
	NoAddress                        // it connects to names only
)

// DotRule tells what a client makes of a dot at the end of a name.
type DotRule uint8

// The ways to deal with a dot.
const (
	DotDropped DotRule = iota // the dot of the host does not count
	DotNone                   // no dot counts
	DotKept                   // every dot counts
	DotSent                   // it is sent to the server, which RFC 6066 section 3 forbids: servers break off
)

// The words for the rules, in the order of their values, as they stand in files.
var (
	wildcardWords = []string{"whole-label", "label-start", "label-end", "label-edge", "in-label", "any-label", "greedless"}
	commonWords   = []string{"none", "no-dns", "no-host", "no-host-or-uri"}
	addressWords  = []string{"exact", "mapped", "or-name", "as-name", "any", "none"}
	dotWords      = []string{"dropped", "none", "kept", "sent"}
)

func ruleFromWord[T ~uint8](v *T, text []byte, words []string) error {
	i := slices.Index(words, string(text))
	if i < 0 {
		return fmt.Errorf("%q is none of %s", text, strings.Join(words, ", "))
	}
	*v = T(i)
	return nil
}

// String gives the word for the value.
func (v Wildcard) String() string    { return wildcardWords[v] }
func (v CommonRule) String() string  { return commonWords[v] }
func (v AddressRule) String() string { return addressWords[v] }
func (v DotRule) String() string     { return dotWords[v] }

// UnmarshalText reads the word for a value.
func (v *Wildcard) UnmarshalText(b []byte) error    { return ruleFromWord(v, b, wildcardWords) }
func (v *CommonRule) UnmarshalText(b []byte) error  { return ruleFromWord(v, b, commonWords) }
func (v *AddressRule) UnmarshalText(b []byte) error { return ruleFromWord(v, b, addressWords) }
func (v *DotRule) UnmarshalText(b []byte) error     { return ruleFromWord(v, b, dotWords) }
