package cert

// A Trait is one property of a certificate that some TLS client treats unlike
// another. A trait is no fault: an Ed25519 key is as good as any, and yet there
// are clients that cannot use it. What departs from RFC 5280 is a [Deviation] as
// well.
type Trait uint8

// Traits is a set of traits.
type Traits [3]uint64

// The traits of the public key.
const (
	KeyRSAPSS            Trait = iota // for RSASSA-PSS only (id-RSASSA-PSS)
	KeyBarePSS                        // such a key without parameters
	KeyParamPSS                       // such a key with parameters
	KeyP192                           //
	KeyP224                           //
	KeyP521                           //
	KeySecp256k1                      //
	KeyBrainpool                      //
	KeyOtherCurve                     // a curve that is none of those in use
	KeyEd25519                        //
	KeyEd448                          //
	KeyDSA                            //
	KeyShortDSA                       // DSA under 2048 bits
	KeyMLDSA                          //
	KeyUnknown                        // an algorithm that this package does not know
	ExplicitCurve                     // the curve by its parameters, not by name
	Compressed                        // EC point in compressed form
	Hybrid                            // EC point in the hybrid form of ANSI X9.62
	Exponent31                        // RSA exponent over 31 bits
	Exponent33                        // RSA exponent over 33 bits
	Exponent64                        // RSA exponent over 64 bits
	NoKeyNull                         // rsaEncryption without the NULL that RFC 3279 section 2.3.1 wants
	NegativeKey                       // RSA modulus or exponent encoded as a negative number
	SignedMD5                         // RSA with MD5 or MD2
	SignedSHA1                        // RSA with SHA-1
	SignedSHA224                      // RSA with SHA-224
	SignedSHA512T                     // RSA with SHA-512/224 or SHA-512/256
	SignedSHA3                        // RSA with SHA-3
	SignedPSS                         // RSASSA-PSS
	PSSOddSalt                        // RSASSA-PSS with a salt not as long as the hash
	PSSOddMask                        // RSASSA-PSS with a mask made by another hash than the message's
	PSSWrittenMask                    // RSASSA-PSS whose parameters write out the default mask, SHA-1
	PSSWithSHA224                     //
	PSSWithSHA3                       //
	PSSWithSHA1                       // RSASSA-PSS with SHA-1
	SignedECSHA1                      // ECDSA with SHA-1
	SignedECSHA224                    // ECDSA with SHA-224
	SignedECSHA3                      // ECDSA with SHA-3
	SignedECNull                      // ECDSA with a NULL parameter, which RFC 5758 section 3.2 forbids
	SignedDSA                         //
	SignedUnknown                     // an algorithm that this package does not know
	AlgorithmDiffers                  // the algorithm inside is another one than that outside
	ParameterDiffers                  // the algorithms inside and outside have other parameters
	SignatureBits                     // the signature has unused bits
	SignatureCut                      // bits of the signature are called unused and are set
	TimeNoSeconds                     // a time without seconds
	TimeFraction                      // a time with a fraction of a second
	TimeOffset                        // a time with an offset from UTC
	TimeNoZone                        // a time that names no zone
	TimeNoSuchDay                     // a day that its month has not
	TimeSecond60                      //
	TimeBefore1950                    // notBefore before 1950, as GeneralizedTime
	TimeYear0                         // notBefore in year 0
	NoEnd                             // notAfter in the year 9999, as RFC 5280 section 4.1.2.5 has it for no end
	Version1                          //
	Version4                          // or a later one
	OldWithExtensions                 // version 1 or 2 with extensions
	UniqueID                          // an issuer's or subject's unique identifier
	NoExtensions                      // version 3 without extensions
	EmptyExtensions                   // an empty list of extensions
	PaddedSerial                      // a serial number with a needless octet in front
	NegativeSerialNumber              //
)

// The traits of extensions, names and encoding.
const (
	EKUAny           Trait = iota + NegativeSerialNumber + 1 // extended key usage has anyExtendedKeyUsage, not serverAuth
	EKUStepUp                                                // it has an old server-gated-crypto purpose, none of the above
	EKUOther                                                 // it has other purposes only
	EKUEmpty                                                 // it is an empty list
	EKUCritical                                              // it is critical
	KeyUsageEmpty                                            // key usage has no bit
	PathLenNoCA                                              // basic constraints say no CA and limit the path all the same
	PathLenNegative                                          //
	PathLenHuge                                              // a path length over 31 bits
	LooseTrue                                                // a TRUE in basic constraints that is not 0xff
	LooseCritical                                            // a critical flag that is TRUE and not 0xff
	CriticalFalse                                            // a critical flag that is FALSE and written out
	CriticalAKI                                              //
	CriticalSKI                                              //
	CriticalAIA                                              //
	CriticalCRL                                              // critical cRLDistributionPoints
	CriticalIAN                                              // critical issuerAltName
	CriticalNSType                                           // critical Netscape certificate type
	CriticalUnknown                                          // a critical extension that this package does not know
	MustStaple                                               // TLS feature status_request
	TwoSANs                                                  //
	TwoKnown                                                 // another extension that decides what a certificate may do, twice
	TwoMinor                                                 // another known extension, twice
	TwoUnknown                                               // an unknown extension stands there twice
	TrailingSAN                                              // bytes after the alternative names, inside their extension
	TrailingBC                                               // the same of basic constraints
	BadSAN                                                   // alternative names that cannot be read
	TrailingKU                                               // the same of key usage
	TrailingAKI                                              // the same of the authority key identifier
	BadAKI                                                   // an authority key identifier that cannot be read
	EmptyAKI                                                 // one without anything in it
	BadEKU                                                   // an extended key usage that cannot be read
	BadIP                                                    // an address in the alternative names that is neither IPv4 nor IPv6
	ForeignDNS                                               // a dNSName with other characters than ASCII
	EmptyURI                                                 // an empty URI in the alternative names
	BadSKI                                                   // a subject key identifier that cannot be read
	EmptySAN                                                 // alternative names without a name
	EmptyDNS                                                 // an empty dNSName among others
	BadURI                                                   // a URI in the alternative names that is none
	EmptyIssuer                                              // an empty issuer name
	EmptySubject                                             // an empty subject whose alternative names are critical
	EmptySubjectSAN                                          // an empty subject whose alternative names are not critical
	EmptyRDN                                                 // a relative name without attribute
	UniversalName                                            // a UniversalString in the subject
	BadPrintable                                             // a character in a PrintableString that may not stand there
	BadUTF8                                                  //
	TrailingBytes                                            // bytes after the certificate
	TrailingTBS                                              // bytes at the end of the part that is signed
	LongLength                                               // the outermost length takes more octets than it needs
	IndefiniteLength                                         // the outermost length is indefinite
)

// The traits of what a certificate lacks, though RFC 5280 wants it there: for
// clients that hold certificates to that.
const (
	NoAKI                     Trait = iota + IndefiniteLength + 1 // no keyIdentifier of the issuer's key
	CAWithoutSKI                                                  // a CA certificate without subject key identifier
	CAWithoutUsage                                                // a CA certificate without key usage
	CALooseConstraints                                            // a CA certificate whose basic constraints are not critical
	NoConstraints                                                 // no basic constraints
	CriticalPolicyConstraints                                     // critical policyConstraints
	CriticalPolicyMappings                                        // critical policyMappings
	CriticalInhibitAny                                            // critical inhibitAnyPolicy
	CriticalPolicies                                              // critical certificatePolicies
	EmptyPolicies                                                 // certificatePolicies without a policy
	EmptyPolicyConstraints                                        // policyConstraints without a constraint
	MapsAnyPolicy                                                 // policyMappings from or to anyPolicy
	DuplicatePolicy                                               // a policy stands there twice
	CriticalNamedPolicy                                           // critical certificatePolicies with another policy than anyPolicy
	CriticalQualifier                                             // critical certificatePolicies with a qualifier
	CriticalUnknownQualifier                                      // the same with one that RFC 5280 does not define

	ConstraintsEmpty        // name constraints without a subtree
	ConstraintsMask         // a range of addresses whose mask has gaps
	ConstraintsLength       // a range of addresses that is neither of IPv4 nor of IPv6
	ConstraintsIPv6         // a range of IPv6 addresses
	ConstraintsOther        // subtrees of otherNames and other rare forms
	ConstraintsRegisteredID // subtrees of registeredIDs
	ConstraintsEmptyDomain  // an empty dNSName as subtree
	ConstraintsOddDomain    // a dNSName that is no domain as subtree
	ConstraintsNoCA         // name constraints in what is no CA certificate
	CriticalDirectories     // critical name constraints that have subtrees of directoryNames
	CriticalOtherForms      // the same of otherNames and other rare forms
	numTraits
)

// Of gives the set of some traits.
func Of(traits ...Trait) (s Traits) {
	for _, t := range traits {
		s.Add(t)
	}
	return s
}

// Add puts t into the set.
func (s *Traits) Add(t Trait) { s[t/64] |= 1 << (t % 64) }

// Has reports whether t is in the set.
func (s Traits) Has(t Trait) bool { return s[t/64]&(1<<(t%64)) != 0 }

// And gives what is in both sets.
func (s Traits) And(o Traits) Traits { return Traits{s[0] & o[0], s[1] & o[1], s[2] & o[2]} }

// Or gives what is in either set.
func (s Traits) Or(o Traits) Traits { return Traits{s[0] | o[0], s[1] | o[1], s[2] | o[2]} }

// Without gives what is in s and not in o.
func (s Traits) Without(o Traits) Traits { return Traits{s[0] &^ o[0], s[1] &^ o[1], s[2] &^ o[2]} }

// Empty reports whether there is no trait in the set.
func (s Traits) Empty() bool { return s == Traits{} }

// List gives the traits of the set in order.
func (s Traits) List() (out []Trait) {
	for t := range numTraits {
		if s.Has(t) {
			out = append(out, t)
		}
	}
	return out
}

// AllTraits is the traits of the certificate, of its key and of the algorithm it
// is signed with.
func (c *Certificate) AllTraits() Traits { return c.Traits.Or(c.Key.Traits).Or(c.SignatureAlg.Traits) }
