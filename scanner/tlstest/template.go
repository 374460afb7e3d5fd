package tlstest

import (
	"crypto"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"slices"
)

// A Template is what a certificate is made from. A mutate function gets it
// with the defaults of its role filled in (valid around [Now], key identifiers
// right) and changes what the test is about.
//
// The embedded [x509.Certificate] means what it means to [x509.CreateCertificate],
// except that SubjectKeyId and AuthorityKeyId are filled in where nil (empty
// but not nil: the extension is left out), that SerialNumber may be any number
// (nil: derived from the content), and that SignatureAlgorithm is ignored in
// favour of Hash.
type Template struct {
	x509.Certificate
	Key      *Key        // the certified key; nil: a P-256 key by the certificate's label
	Hash     crypto.Hash // of the signature: MD5, SHA1, SHA256 (also 0), SHA384, SHA512
	SignedBy *Key        // signs in place of the issuer's key: a lie
	Corrupt  bool        // the last bit of the signature is wrong
	Trailing []byte      // follows the certificate's end
	Edits    []func(*TBS)
}

// A Cert is a certificate made here, with its key.
type Cert struct {
	Label string
	DER   []byte
	Key   *Key

	subject []byte // as DER
	ski     []byte // as carried; nil if it carries none
	serial  *big.Int
	issuer  *Cert // nil if self-issued
	made    Template
}

// issue builds the certificate that a template describes. Without an issuer, it
// is issued by itself.
func (t Template) issue(label string, issuer *Cert) (*Cert, error) {
	if t.Key == nil {
		key, err := NewKey(label, "p256")
		if err != nil {
			return nil, err
		}
		t.Key = key
	}
	c := &Cert{Label: label, Key: t.Key, issuer: issuer, made: t}
	der, err := t.draft(issuer)
	if err != nil {
		return nil, err
	}
	var draft struct {
		TBS       TBS
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &draft); err != nil {
		return nil, err
	}
	tbs := &draft.TBS
	tbs.Algorithm = asn1.RawValue{} // the draft's; seal writes the true one
	tbs.Serial = t.SerialNumber
	if tbs.Serial == nil {
		sum := sha1.Sum(slices.Concat([]byte(label), tbs.Issuer.FullBytes, tbs.Subject.FullBytes, tbs.Validity.FullBytes))
		sum[0] = sum[0]&0x3f | 0x40 // positive, and always as long
		tbs.Serial = new(big.Int).SetBytes(sum[:16])
	}
	if t.SubjectKeyId != nil && len(t.SubjectKeyId) == 0 {
		// crypto/x509 gives every CA an identifier.
		tbs.Extensions = slices.DeleteFunc(tbs.Extensions, isSKI)
	}
	for _, edit := range t.Edits {
		edit(tbs)
	}
	signer, hash := t.Key, t.Hash
	if issuer != nil {
		signer = issuer.Key
	}
	if t.SignedBy != nil {
		signer = t.SignedBy
	}
	if hash == 0 {
		hash = crypto.SHA256
	}
	sealed, err := tbs.seal(signer, hash, t.Corrupt)
	if err != nil {
		return nil, err
	}
	c.DER = append(sealed, t.Trailing...)
	c.subject, c.serial = tbs.Subject.FullBytes, tbs.Serial
	for _, e := range tbs.Extensions {
		if isSKI(e) {
			if _, err := asn1.Unmarshal(e.Value, &c.ski); err != nil {
				c.ski = nil
			}
		}
	}
	return c, nil
}

func isSKI(e pkix.Extension) bool { return e.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 14}) }

// draft lets crypto/x509 encode the fields, signed by a key of no meaning: the
// true signature is made over the edited fields.
func (t Template) draft(issuer *Cert) ([]byte, error) {
	stand, err := NewKey("the draft's", "p256")
	if err != nil {
		return nil, err
	}
	template, parent := t.Certificate, x509.Certificate{}
	template.SerialNumber = big.NewInt(1)
	template.SignatureAlgorithm = x509.UnknownSignatureAlgorithm
	if template.SubjectKeyId == nil {
		if template.SubjectKeyId, err = keyID(t.Key); err != nil {
			return nil, err
		}
	}
	if issuer != nil {
		parent.RawSubject = issuer.subject
		if template.AuthorityKeyId == nil {
			template.AuthorityKeyId = issuer.ski
		}
	} else {
		parent.Subject, parent.RawSubject = template.Subject, template.RawSubject
	}
	return x509.CreateCertificate(nil, &template, &parent, t.Key.Public(), stand)
}

// keyID is the key identifier that most CAs write: RFC 5280 section 4.2.1.2,
// method 1.
func keyID(key *Key) ([]byte, error) {
	spki, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	var info struct {
		Algorithm asn1.RawValue
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(spki, &info); err != nil {
		return nil, err
	}
	sum := sha1.Sum(info.Key.Bytes)
	return sum[:], nil
}

// PEM is the certificate as a PEM block.
func (c *Cert) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.DER})
}

// Subject is the subject's name in DER.
func (c *Cert) Subject() []byte { return c.subject }
