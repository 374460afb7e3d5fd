package client

import "github.com/tlschain/tlschain/rules/cert"

// A Builder holds the parameters of one client's verifier, and tells by
// ListValidation and SignerTableSize which of the three verifiers it is. They are
// the whole difference between clients: a client is a few lines of data. The zero
// value is a generous builder: it takes the list in any order, tries every path,
// and holds certificates to nothing but names, so real clients say what they
// check.
type Builder struct {
	// The list as a whole.
	MaxBytes   int        `yaml:"max_bytes"`   // most bytes in the body of the Certificate message; 0: no limit
	TLS12      bool       `yaml:"tls12"`       // counts MaxBytes in the form of TLS 1.2; else in that of TLS 1.3
	MaxEntries int        `yaml:"max_entries"` // most certificates in the list; 0: no limit
	ParseAll   bool       `yaml:"parse_all"`   // an entry that is no certificate is fatal wherever it stands
	RefuseAll  Deviations `yaml:"refuse_all"`  // deviations that are fatal wherever they stand
	Refuse     Deviations `yaml:"refuse"`      // deviations that are fatal on the path
	Critical   bool       `yaml:"critical"`    // critical extensions that it does not know, name constraints among them, cannot be parsed: fatal wherever they stand, and no anchor is made of such a certificate

	// Walking from the leaf to an anchor.
	Order                ListOrder      `yaml:"order"`          // which entries may certify an entry
	SignerTableSize      int            `yaml:"key_rows"`       // every entry is verified for itself, the last first, by what is in a table of so many rows by key identifier: the anchors, and the entries that could be verified, which must be good; 0: none is
	InOrder              *Builder       `yaml:"-"`              // takes over where every entry is issued, by name, by the next one, up to a trusted one
	Names                NameMatch      `yaml:"names"`          // how issuer and subject are compared between presented certificates
	AnchorNames          NameMatch      `yaml:"anchor_names"`   // the same towards the store
	AnyNameOrder         bool           `yaml:"any_name_order"` // the order of what names consist of does not count
	CandidateFilter      Check          `yaml:"skip"`           // a candidate that fails one of these is passed over
	StoreCandidateFilter Check          `yaml:"skip_store"`     // the same for candidates from the store
	Prefer               [8]Preference  `yaml:"prefer"`         // how candidates are ranked, most important first; ties keep list and store order
	PreferStore          [4]Preference  `yaml:"prefer_store"`   // how those from the store are ranked among themselves; empty: by Prefer
	CandidateLimit       CandidateLimit `yaml:"tries"`          // how many candidates of a step are looked at
	Backtracking         Backtracking   `yaml:"retry"`          // when another candidate is tried
	StoreOnly            bool           `yaml:"store_only"`     // once a certificate came from the store, only the store goes on
	SelfSigned           bool           `yaml:"self_signed"`    // a presented self-signed certificate ends the presented part and is set aside
	SelfIssued           bool           `yaml:"self_issued"`    // a presented self-issued certificate has no issuer but itself
	StopAtAnchorKey      bool           `yaml:"cut_at_key"`     // the presented part ends before the first certificate that has the name and key of an anchor
	SkipOnPath           bool           `yaml:"skip_on_path"`   // what is on the path already is passed over; else a client that looks at the first candidate only ends where that is on it
	KeyOnce              bool           `yaml:"key_once"`       // a name and key stands on a path only once, and what is in the store is not tried as presented, too
	SelfIssuedTest       Check          `yaml:"own"`            // what a certificate must pass to count as its own issuer
	ListValidation       bool           `yaml:"whole_list"`     // the list is put into order and verified from its end, with whatever is off the path unless the store has the issuer of that; its end may be anchored by name and key
	AnchorTableSize      int            `yaml:"name_rows"`      // whole_list: anchors are kept in a table of so many rows by their names, and only the row of the end's issuer is looked at; 0: a row for each name
	Budget               int            `yaml:"budget"`         // most steps of the search; 0: a bound that no list of 100 certificates meets by accident
	Count                Count          `yaml:"count"`          // what a step is
	MaxPath              int            `yaml:"max_path"`       // most intermediates between leaf and anchor; 0: no limit; below 0: none
	MaxCert              int            `yaml:"max_cert"`       // most bytes of a certificate on the path; 0: no limit

	// Ending.
	Anchor    Anchor    `yaml:"anchor"` // what in the store ends a path
	LeafTrust LeafTrust `yaml:"leaf"`   // when the leaf itself may be the anchor

	// Holding a finished path to the rules.
	Sent                       Check            `yaml:"sent"`                 // what certificates that were sent are held to
	Store                      Check            `yaml:"store"`                // what certificates from the store are held to
	KeyPSS                     KeyPSS           `yaml:"key_pss"`              // whether the parameters of an RSASSA-PSS key bind its signatures
	PSSSignsAll                bool             `yaml:"pss_signs_all"`        // a key for RSASSA-PSS without parameters that bind makes signatures by PKCS #1, too
	EarlyDay                   bool             `yaml:"early_day"`            // a certificate is valid from a day before it says
	MinHash                    HashStrength     `yaml:"min_hash"`             // weakest hash in signatures on the path
	AnyHashPSS                 bool             `yaml:"any_hash_pss"`         // min_hash does not hold for RSASSA-PSS
	MinRSA                     int              `yaml:"min_rsa"`              // fewest bits of RSA keys on the path
	MaxRSA                     int              `yaml:"max_rsa"`              // most bits of RSA keys on the path; 0: no limit
	MaxRSASent                 int              `yaml:"max_rsa_sent"`         // the same for those that were sent, wherever they stand
	MinRSALeaf                 int              `yaml:"min_rsa_leaf"`         // fewest bits of an RSA key in the handshake
	Refused                    Refused          `yaml:"refused"`              // traits of certificates that it does not take
	LeafUsage                  bool             `yaml:"leaf_usage"`           // a leaf whose key usage lacks digitalSignature is fatal
	LeafUsage12                bool             `yaml:"leaf_usage_tls12"`     // the same by TLS 1.2 only
	LeafUsage13                bool             `yaml:"leaf_usage_tls13"`     // the same by TLS 1.3 only
	LeafUsageEC12              bool             `yaml:"leaf_usage_ec_tls12"`  // the same by TLS 1.2 for EC keys
	LeafAnyUsage               bool             `yaml:"leaf_any_usage"`       // a leaf whose key usage has none of digitalSignature, keyEncipherment and keyAgreement is fatal
	Commitment                 bool             `yaml:"commitment"`           // nonRepudiation is as good as digitalSignature
	EmptyUsage                 bool             `yaml:"empty_usage"`          // a key usage without a bit allows everything
	EmptyUsageCA               bool             `yaml:"empty_usage_ca"`       // the same for CA certificates
	EmptyEKU                   bool             `yaml:"empty_eku"`            // an empty extended key usage does
	LeafEncipher               bool             `yaml:"leaf_encipher"`        // one with an RSA key whose key usage lacks keyEncipherment is fatal
	LeafCA                     bool             `yaml:"leaf_ca"`              // a leaf that is a CA certificate is fatal
	LeafEKU                    bool             `yaml:"leaf_eku"`             // a leaf must be allowed to serve TLS
	ForClients                 bool             `yaml:"for_clients"`          // it is a server: certificates are for TLS clients (clientAuth), where others ask for TLS servers
	AnyEKU                     bool             `yaml:"any_eku"`              // anyExtendedKeyUsage in a CA certificate includes serving TLS
	ClientEKU                  bool             `yaml:"client_eku"`           // clientAuth in a CA certificate includes serving TLS
	UnknownEKU                 bool             `yaml:"unknown_eku"`          // purposes in a CA certificate that have no name in RFC 5280 are none
	V1                         V1               `yaml:"v1"`                   // which anchors of X.509 version 1, which cannot say so, are CAs
	UsageAnchor                bool             `yaml:"usage_anchor"`         // keyCertSign alone does for an anchor
	BareAnchor                 bool             `yaml:"bare_anchor"`          // an anchor without basic constraints is a CA
	V1AnchorMustCover          bool             `yaml:"v1_span"`              // an anchor of version 1 must be valid for the whole validity period of what it issued
	UsageCA                    bool             `yaml:"usage_ca"`             // keyCertSign alone makes a CA where basic constraints are absent
	AnchorDatesIfIntermediates bool             `yaml:"far_dates"`            // an anchor's dates count only where intermediates stand between it and the leaf
	SelfIssuedFree             bool             `yaml:"self_issued_free"`     // the path length in a self-issued certificate is not looked at
	NameConstraints            NameConstraints  `yaml:"limits"`               // what it makes of name constraints
	Constraints                ConstraintRules  `yaml:"constraints"`          // how it applies those that it reads
	Policies                   PolicyProcessing `yaml:"policies"`             // what it makes of demands on certificate policies
	InhibitAnyCritical         bool             `yaml:"inhibit_any_critical"` // policies: inhibitAnyPolicy counts only where it is critical
	CriticalQualifiers         bool             `yaml:"critical_qualifiers"`  // policies: qualifiers of critical policies are fatal while any policy is valid
	Host                       cert.HostRules   `yaml:"host"`                 // how a leaf is compared with the name
	CommonName                 bool             `yaml:"common_name"`          // a leaf without subject alternative names is matched by its common name
	NoECDSA2                   bool             `yaml:"no_ecdsa2"`            // does not know ECDSA with SHA-2, not even in an anchor's own signature
	RootSignature              bool             `yaml:"root_signature"`       // a self-signed anchor must have signed itself
}

// ListOrder tells which entries may certify an entry of the list.
type ListOrder = enum[orderWords]

// The orders that clients ask for.
const (
	AnyOrder ListOrder = iota // sorted by the client
	Later                     // an issuer must stand later than its subject
	Next                      // each entry must be certified by the next one
)

// NameMatch is a way to compare distinguished names.
type NameMatch = enum[nameMatchWords]

// The ways, from the most generous to the strictest.
const (
	Folded NameMatch = iota // RFC 5280 section 7.1: string type, case and spaces ignored
	Text                    // string type ignored
	Bytes                   // DER
)

// A Check is a set of tests that a certificate or an edge may fail.
type Check = set[checkWords]

// The tests.
const (
	KeyID        Check = 1 << iota // authority key identifier against the issuer's subject key identifier
	IssuerSerial                   // issuer and serial number in the authority key identifier
	KeyKind                        // the issuer's kind of key can make such a signature
	Signature                      // the signature is the issuer's
	Dates                          // validity period
	CA                             // basic constraints say CA
	CertSign                       // key usage, where present, allows signing certificates
	PathLen                        // path length constraint
	EKU                            // extended key usage, where present, includes TLS servers
	NameLimits                     // name constraints
	Algorithms                     // MinHash and MinRSA
	Unknown                        // unknown critical extensions
)

// A Preference ranks candidates for the issuer of one certificate.
type Preference = enum[preferenceWords]

// The preferences. The zero value ends the list of them.
const (
	_             Preference = iota
	FromStore                // from the store before presented
	FromList                 // presented before from the store
	ExactKeyID               // authority key identifiers that point at the issuer: by issuer and serial number if they have these, else by key
	KeyIDFits                // agreeing key identifiers, then absent ones, then differing ones
	CanSign                  // CA certificates and anchors, with keyCertSign
	ValidNow                 // inside the validity period
	Newest                   // later notBefore, then later notAfter
	LatestEnd                // later notAfter, if none is valid now
	LastListed               // the last in the list or the store
	NotSelfIssued            // self-issued ones last
	OwnBytes                 // by the DER of the certificate, the lowest first
	OnlyStored               // from the store and not sent as well
	TrustedKeyID             // Chromium's: store and list by key identifiers, differing ones last
)

// CandidateLimit tells how many candidates a client looks at in one step.
type CandidateLimit = enum[candidateLimitWords]

// The numbers of candidates.
const (
	EveryCandidate CandidateLimit = iota
	FirstCandidate
	FirstOfEach // the first of the list and the first of the store
)

// Backtracking tells what makes a client go back and try another candidate.
type Backtracking = enum[backtrackingWords]

// The reasons to try again.
const (
	AlwaysBacktrack     Backtracking = iota // whatever is wrong with the path
	BacktrackAtDeadEnds                     // the path did not reach an anchor
	NeverBacktrack
)

// Count tells what a search budget counts.
type Count = enum[countWords]

// The things counted.
const (
	Signatures Count = iota // candidates whose signature is checked
	Lookups                 // requests for a next issuer, in vain or not
)

// Anchor tells what kind of certificate in the store ends a path.
type Anchor = enum[anchorKindWords]

// The kinds of anchors.
const (
	AnyAnchor Anchor = iota
	SelfSignedAnchor
)

// LeafTrust tells when a leaf that is in the store is accepted as it is.
type LeafTrust = enum[leafTrustWords]

// The ways to trust a leaf directly.
const (
	NoLeaf         LeafTrust = iota
	ExactLeaf                // the same certificate is in the store
	SelfSignedLeaf           // the same certificate is in the store and is self-signed
	KeyLeaf                  // subject and key are those of an anchor
)

// HashStrength orders hash functions by strength.
type HashStrength = enum[hashStrengthWords]

// The hashes, weakest first. The zero value allows everything.
const (
	AnyHash HashStrength = iota
	SHA1
	SHA256
)

// KeyPSS tells how far the parameters of an RSASSA-PSS key (RFC 4055 section
// 3.3) bind the signatures that it makes.
type KeyPSS = enum[keyPSSWords]

// The ways to deal with them.
const (
	KeyPSSIgnored KeyPSS = iota
	KeyPSSHash           // the hash must be the key's
	KeyPSSAll            // the hashes, and a salt that is not shorter
)

// NameConstraints tells what a client makes of name constraints.
type NameConstraints = enum[nameConstraintsWords]

// The ways to deal with name constraints.
const (
	ConstraintsRead    NameConstraints = iota // understood
	ConstraintsUnknown                        // not implemented: fatal when critical
	PermittedFails                            // a permitted subtree of DNS names fails every path
	ConstraintsDirect                         // tested against the names of what it issued itself only, the common name of a CA among them
)

// V1 tells which anchors of X.509 version 1 count as CAs.
type V1 = enum[v1Words]

// The anchors of version 1 that count.
const (
	V1All   V1 = iota
	V1Roots    // self-issued ones
	V1None
)

// Deviations is a set of deviations.
type Deviations = set[deviationWords]
