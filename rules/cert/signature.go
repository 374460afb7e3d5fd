package cert

import "crypto"

// A SignatureAlg is the algorithm that a certificate is signed with.
type SignatureAlg struct {
	Name string      // as people write it: "SHA256-RSA", "ECDSA-SHA384", or the dotted OID
	Hash crypto.Hash // 0: none apart from the algorithm (Ed25519), or not known
	Key  KeyKind     // the kind of key that makes such signatures; UnknownKey: not known
	OID  string
	PSS  *PSSParameters // nil: another algorithm, or parameters that cannot be read

	Traits Traits
}

// Weak reports whether the hash has fallen: MD2, MD5 or SHA-1.
func (a SignatureAlg) Weak() bool {
	return a.Hash == crypto.MD5 || a.Hash == crypto.SHA1 || a.OID == oidMD2
}

const (
	oidMD2  = "1.2.840.113549.1.1.2"
	oidPSS  = "1.2.840.113549.1.1.10"
	oidMGF1 = "1.2.840.113549.1.1.8"
	oidSHA1 = "1.3.14.3.2.26"
)

var signatureAlgs = map[string]SignatureAlg{
	oidMD2:                    {Name: "MD2-RSA", Key: RSA},
	"1.2.840.113549.1.1.4":    {Name: "MD5-RSA", Hash: crypto.MD5, Key: RSA},
	"1.2.840.113549.1.1.5":    {Name: "SHA1-RSA", Hash: crypto.SHA1, Key: RSA},
	"1.3.14.3.2.29":           {Name: "SHA1-RSA", Hash: crypto.SHA1, Key: RSA}, // ISO OID, old Microsoft tools
	"1.2.840.113549.1.1.14":   {Name: "SHA224-RSA", Hash: crypto.SHA224, Key: RSA},
	"1.2.840.113549.1.1.11":   {Name: "SHA256-RSA", Hash: crypto.SHA256, Key: RSA},
	"1.2.840.113549.1.1.12":   {Name: "SHA384-RSA", Hash: crypto.SHA384, Key: RSA},
	"1.2.840.113549.1.1.13":   {Name: "SHA512-RSA", Hash: crypto.SHA512, Key: RSA},
	"1.2.840.113549.1.1.15":   {Name: "SHA512/224-RSA", Hash: crypto.SHA512_224, Key: RSA},
	"1.2.840.113549.1.1.16":   {Name: "SHA512/256-RSA", Hash: crypto.SHA512_256, Key: RSA},
	"2.16.840.1.101.3.4.3.13": {Name: "SHA3-224-RSA", Hash: crypto.SHA3_224, Key: RSA},
	"2.16.840.1.101.3.4.3.14": {Name: "SHA3-256-RSA", Hash: crypto.SHA3_256, Key: RSA},
	"2.16.840.1.101.3.4.3.15": {Name: "SHA3-384-RSA", Hash: crypto.SHA3_384, Key: RSA},
	"2.16.840.1.101.3.4.3.16": {Name: "SHA3-512-RSA", Hash: crypto.SHA3_512, Key: RSA},
	"2.16.840.1.101.3.4.3.9":  {Name: "ECDSA-SHA3-224", Hash: crypto.SHA3_224, Key: EC},
	"2.16.840.1.101.3.4.3.10": {Name: "ECDSA-SHA3-256", Hash: crypto.SHA3_256, Key: EC},
	"2.16.840.1.101.3.4.3.11": {Name: "ECDSA-SHA3-384", Hash: crypto.SHA3_384, Key: EC},
	"2.16.840.1.101.3.4.3.12": {Name: "ECDSA-SHA3-512", Hash: crypto.SHA3_512, Key: EC},
	"1.2.840.10045.4.1":       {Name: "ECDSA-SHA1", Hash: crypto.SHA1, Key: EC},
	"1.2.840.10045.4.3.1":     {Name: "ECDSA-SHA224", Hash: crypto.SHA224, Key: EC},
	"1.2.840.10045.4.3.2":     {Name: "ECDSA-SHA256", Hash: crypto.SHA256, Key: EC},
	"1.2.840.10045.4.3.3":     {Name: "ECDSA-SHA384", Hash: crypto.SHA384, Key: EC},
	"1.2.840.10045.4.3.4":     {Name: "ECDSA-SHA512", Hash: crypto.SHA512, Key: EC},
	"1.3.101.112":             {Name: "Ed25519", Key: Ed25519},
	"1.3.101.113":             {Name: "Ed448", Key: Ed448},
	"1.2.840.10040.4.3":       {Name: "DSA-SHA1", Hash: crypto.SHA1, Key: DSA},
	"2.16.840.1.101.3.4.3.1":  {Name: "DSA-SHA224", Hash: crypto.SHA224, Key: DSA},
	"2.16.840.1.101.3.4.3.2":  {Name: "DSA-SHA256", Hash: crypto.SHA256, Key: DSA},
	"2.16.840.1.101.3.4.3.17": {Name: "ML-DSA-44", Key: MLDSA},
	"2.16.840.1.101.3.4.3.18": {Name: "ML-DSA-65", Key: MLDSA},
	"2.16.840.1.101.3.4.3.19": {Name: "ML-DSA-87", Key: MLDSA},
}

// pssHashes are the hash OIDs in RSASSA-PSS parameters (RFC 4055 section 2.1).
var pssHashes = map[string]struct {
	hash crypto.Hash
	name string
}{
	oidSHA1:                   {crypto.SHA1, "SHA1"},
	"2.16.840.1.101.3.4.2.4":  {crypto.SHA224, "SHA224"},
	"2.16.840.1.101.3.4.2.8":  {crypto.SHA3_256, "SHA3-256"},
	"2.16.840.1.101.3.4.2.9":  {crypto.SHA3_384, "SHA3-384"},
	"2.16.840.1.101.3.4.2.10": {crypto.SHA3_512, "SHA3-512"},
	"2.16.840.1.101.3.4.2.1":  {crypto.SHA256, "SHA256"},
	"2.16.840.1.101.3.4.2.2":  {crypto.SHA384, "SHA384"},
	"2.16.840.1.101.3.4.2.3":  {crypto.SHA512, "SHA512"},
}
