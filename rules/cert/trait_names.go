package cert

// traitNames are the words for the traits: one for files, and what follows
// "does not take" in a sentence.
var traitNames = [numTraits]struct{ word, phrase string }{
	KeyRSAPSS:                 {"key-rsa-pss", "keys for RSASSA-PSS only"},
	KeyBarePSS:                {"key-rsa-pss-bare", "keys for RSASSA-PSS without parameters"},
	KeyP192:                   {"key-p192", "keys on the curve P-192"},
	KeyP224:                   {"key-p224", "keys on the curve P-224"},
	KeyP521:                   {"key-p521", "keys on the curve P-521"},
	KeySecp256k1:              {"key-secp256k1", "keys on the curve secp256k1"},
	KeyBrainpool:              {"key-brainpool", "keys on brainpool curves"},
	KeyOtherCurve:             {"key-other-curve", "keys on this elliptic curve"},
	KeyEd25519:                {"key-ed25519", "Ed25519"},
	KeyEd448:                  {"key-ed448", "Ed448"},
	KeyDSA:                    {"key-dsa", "DSA"},
	KeyShortDSA:               {"key-short-dsa", "DSA keys under 2048 bits"},
	KeyMLDSA:                  {"key-ml-dsa", "ML-DSA"},
	KeyUnknown:                {"key-unknown", "keys of this algorithm"},
	ExplicitCurve:             {"explicit-curve", "EC keys whose curve is given by its parameters"},
	Compressed:                {"compressed-point", "EC keys in compressed form"},
	Hybrid:                    {"hybrid-point", "EC keys in hybrid form"},
	Exponent31:                {"rsa-exponent-over-31-bits", "RSA keys with an exponent over 31 bits"},
	Exponent33:                {"rsa-exponent-over-33-bits", "RSA keys with an exponent over 33 bits"},
	Exponent64:                {"rsa-exponent-over-64-bits", "RSA keys with an exponent over 64 bits"},
	NoKeyNull:                 {"rsa-key-without-null", "RSA keys without the NULL parameter"},
	NegativeKey:               {"negative-rsa-key", "RSA keys encoded as negative numbers"},
	SignedMD5:                 {"signed-md5", "signatures with MD5"},
	SignedSHA1:                {"signed-sha1", "RSA signatures with SHA-1"},
	SignedSHA224:              {"signed-sha224", "RSA signatures with SHA-224"},
	SignedSHA512T:             {"signed-sha512-truncated", "signatures with SHA-512/224 and SHA-512/256"},
	SignedSHA3:                {"signed-sha3", "RSA signatures with SHA-3"},
	SignedPSS:                 {"signed-rsa-pss", "RSASSA-PSS signatures"},
	PSSOddSalt:                {"pss-odd-salt", "RSASSA-PSS signatures with a salt that is not as long as the hash"},
	PSSOddMask:                {"pss-odd-mask", "RSASSA-PSS signatures with two different hashes"},
	PSSWrittenMask:            {"pss-written-mask", "RSASSA-PSS signatures whose parameters write out the default mask"},
	PSSWithSHA224:             {"pss-sha224", "RSASSA-PSS signatures with SHA-224"},
	PSSWithSHA3:               {"pss-sha3", "RSASSA-PSS signatures with SHA-3"},
	PSSWithSHA1:               {"pss-sha1", "RSASSA-PSS signatures with SHA-1"},
	SignedECSHA1:              {"signed-ecdsa-sha1", "ECDSA signatures with SHA-1"},
	SignedECSHA224:            {"signed-ecdsa-sha224", "ECDSA signatures with SHA-224"},
	SignedECSHA3:              {"signed-ecdsa-sha3", "ECDSA signatures with SHA-3"},
	SignedECNull:              {"signed-ecdsa-null", "ECDSA signatures with a NULL parameter"},
	SignedDSA:                 {"signed-dsa", "DSA signatures"},
	SignedUnknown:             {"signed-unknown", "signatures of this algorithm"},
	AlgorithmDiffers:          {"algorithm-differs", "certificates with two different signature algorithms"},
	ParameterDiffers:          {"algorithm-parameter-differs", "certificates with two different parameters of the signature algorithm"},
	SignatureBits:             {"signature-unused-bits", "signatures with unused bits"},
	TimeNoSeconds:             {"time-without-seconds", "dates without seconds"},
	TimeFraction:              {"time-with-fraction", "dates with a fraction of a second"},
	TimeOffset:                {"time-with-offset", "dates with an offset from UTC"},
	TimeNoZone:                {"time-without-zone", "dates without a time zone"},
	TimeNoSuchDay:             {"time-no-such-day", "days that do not exist"},
	TimeSecond60:              {"time-second-60", "the second 60"},
	TimeBefore1950:            {"time-before-1950", "dates before 1950"},
	TimeYear0:                 {"time-year-0", "dates in the year 0"},
	NoEnd:                     {"time-without-end", "the year 9999"},
	Version1:                  {"version-1", "certificates of version 1"},
	Version4:                  {"version-4", "certificates of a version after 3"},
	OldWithExtensions:         {"old-with-extensions", "certificates of an old version with extensions"},
	UniqueID:                  {"unique-identifier", "unique identifiers"},
	NoExtensions:              {"no-extensions", "certificates without extensions"},
	EmptyExtensions:           {"empty-extensions", "empty lists of extensions"},
	PaddedSerial:              {"padded-serial", "serial numbers with a needless octet"},
	NegativeSerialNumber:      {"negative-serial", "negative serial numbers"},
	EKUAny:                    {"eku-any", "anyExtendedKeyUsage in place of serverAuth"},
	EKUStepUp:                 {"eku-step-up", "the old server-gated-crypto usages in place of serverAuth"},
	EKUOther:                  {"eku-other", "certificates for other purposes"},
	EKUEmpty:                  {"eku-empty", "an empty extended key usage"},
	EKUCritical:               {"eku-critical", "a critical extended key usage"},
	KeyUsageEmpty:             {"key-usage-empty", "an empty key usage"},
	PathLenNoCA:               {"path-length-without-ca", "a path length in what is no CA certificate"},
	PathLenNegative:           {"path-length-negative", "a negative path length"},
	PathLenHuge:               {"path-length-huge", "a path length over 31 bits"},
	LooseTrue:                 {"loose-true", "a TRUE in basic constraints that is not 0xff"},
	LooseCritical:             {"loose-critical", "a critical flag that is not 0xff"},
	CriticalFalse:             {"critical-false", "a critical flag that is FALSE and written out"},
	CriticalAKI:               {"critical-aki", "a critical authority key identifier"},
	CriticalSKI:               {"critical-ski", "a critical subject key identifier"},
	CriticalAIA:               {"critical-aia", "a critical authority information access"},
	CriticalCRL:               {"critical-crl", "critical CRL distribution points"},
	CriticalIAN:               {"critical-ian", "critical issuer alternative names"},
	CriticalNSType:            {"critical-netscape-type", "a critical Netscape certificate type"},
	CriticalUnknown:           {"critical-unknown", "critical extensions that it does not know"},
	MustStaple:                {"must-staple", "CA certificates that demand a stapled OCSP response"},
	TwoSANs:                   {"two-sans", "subject alternative names twice"},
	TwoKnown:                  {"two-known-extensions", "an extension twice"},
	TwoMinor:                  {"two-minor-extensions", "an extension twice"},
	TwoUnknown:                {"two-unknown-extensions", "an extension twice"},
	TrailingSAN:               {"trailing-san", "bytes after the subject alternative names"},
	TrailingBC:                {"trailing-basic-constraints", "bytes after basic constraints"},
	BadSAN:                    {"malformed-san", "subject alternative names that cannot be read"},
	TrailingKU:                {"trailing-key-usage", "bytes after key usage"},
	TrailingAKI:               {"trailing-aki", "bytes after the authority key identifier"},
	BadAKI:                    {"malformed-aki", "an authority key identifier that cannot be read"},
	EmptyAKI:                  {"empty-aki", "an authority key identifier without content"},
	BadEKU:                    {"malformed-eku", "an extended key usage that cannot be read"},
	BadIP:                     {"malformed-ip", "a malformed address among the subject alternative names"},
	ForeignDNS:                {"non-ascii-dns-name", "a DNS name with other characters than ASCII among the subject alternative names"},
	EmptyURI:                  {"empty-uri", "an empty URI among the subject alternative names"},
	BadSKI:                    {"malformed-ski", "a subject key identifier that cannot be read"},
	EmptySAN:                  {"empty-san", "an empty list of subject alternative names"},
	EmptyDNS:                  {"empty-dns-name", "an empty DNS name among the subject alternative names"},
	BadURI:                    {"malformed-uri", "a malformed URI among the subject alternative names"},
	EmptyIssuer:               {"empty-issuer", "an empty issuer name"},
	EmptySubject:              {"empty-subject", "an empty subject"},
	EmptySubjectSAN:           {"empty-subject-san-not-critical", "an empty subject where the subject alternative names are not critical"},
	EmptyRDN:                  {"empty-rdn", "an empty part of a name"},
	UniversalName:             {"universal-string", "a UniversalString in the subject"},
	BadPrintable:              {"malformed-printable-string", "characters in a PrintableString that may not stand there"},
	BadUTF8:                   {"malformed-utf8", "broken UTF-8"},
	TrailingBytes:             {"trailing-bytes", "bytes after the certificate"},
	TrailingTBS:               {"trailing-tbs", "bytes after the extensions"},
	LongLength:                {"long-length", "a length with needless octets"},
	IndefiniteLength:          {"indefinite-length", "an indefinite length"},
	NoAKI:                     {"no-aki", "certificates without authority key identifier"},
	CAWithoutSKI:              {"ca-without-ski", "CA certificates without subject key identifier"},
	CAWithoutUsage:            {"ca-without-key-usage", "CA certificates without key usage"},
	CALooseConstraints:        {"ca-constraints-not-critical", "CA certificates whose basic constraints are not critical"},
	CriticalPolicyConstraints: {"critical-policy-constraints", "critical policy constraints"},
	CriticalPolicyMappings:    {"critical-policy-mappings", "critical policy mappings"},
	CriticalInhibitAny:        {"critical-inhibit-any-policy", "a critical inhibitAnyPolicy"},
	CriticalPolicies:          {"critical-policies", "critical certificate policies"},
	EmptyPolicies:             {"empty-policies", "certificate policies without a policy"},
	ConstraintsEmpty:          {"constraints-empty", "empty name constraints"},
	ConstraintsMask:           {"constraints-mask", "name constraints with a mask of addresses that has gaps"},
	ConstraintsLength:         {"constraints-length", "name constraints with a malformed range of addresses"},
	ConstraintsIPv6:           {"constraints-ipv6", "name constraints of IPv6 addresses"},
	ConstraintsOther:          {"constraints-other", "name constraints of rare forms of names"},
	ConstraintsRegisteredID:   {"constraints-registered-id", "name constraints of registered IDs"},
	ConstraintsEmptyDomain:    {"constraints-empty-domain", "name constraints with an empty DNS name"},
	ConstraintsOddDomain:      {"constraints-odd-domain", "name constraints with a DNS name that is no domain"},
	ConstraintsNoCA:           {"constraints-no-ca", "name constraints in what is no CA certificate"},
	CriticalDirectories:       {"critical-directory-constraints", "critical name constraints of directory names"},
	CriticalOtherForms:        {"critical-other-constraints", "critical name constraints of rare forms of names"},
	NoConstraints:             {"no-basic-constraints", "certificates without basic constraints"},
}

// String gives the word for the trait.
func (t Trait) String() string {
	if t < numTraits {
		return traitNames[t].word
	}
	return "unknown"
}

// Phrase names what has the trait, in the plural or with an article: "Ed448",
// "dates without seconds".
func (t Trait) Phrase() string {
	if t < numTraits {
		return traitNames[t].phrase
	}
	return "this kind of certificate"
}

// TraitNamed gives the trait with a word.
func TraitNamed(word string) (Trait, bool) {
	for t, names := range traitNames {
		if names.word == word {
			return Trait(t), true
		}
	}
	return 0, false
}
