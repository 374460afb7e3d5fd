package tlstest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
)

// TBS is the part of a certificate that is signed, open for edits that
// crypto/x509 would refuse to make. The raw values are whole DER elements.
type TBS struct {
	Raw        asn1.RawContent
	Version    int `asn1:"optional,explicit,default:0,tag:0"` // as encoded: 2 means v3
	Serial     *big.Int
	Algorithm  asn1.RawValue
	Issuer     asn1.RawValue
	Validity   asn1.RawValue
	Subject    asn1.RawValue
	SPKI       asn1.RawValue
	Extensions []pkix.Extension `asn1:"omitempty,optional,explicit,tag:3"`
}

// seal signs the edited fields and puts the certificate together.
func (t *TBS) seal(signer *Key, hash crypto.Hash, corrupt bool) ([]byte, error) {
	algorithm, err := signatureAlgorithm(signer, hash)
	if err != nil {
		return nil, err
	}
	if len(t.Algorithm.FullBytes) == 0 {
		t.Algorithm = asn1.RawValue{FullBytes: algorithm}
	}
	t.Raw = nil
	tbs, err := asn1.Marshal(*t)
	if err != nil {
		return nil, err
	}
	signature, err := signer.sign(tbs, hash)
	if err != nil {
		return nil, err
	}
	if corrupt {
		signature[len(signature)-1] ^= 1
	}
	return asn1.Marshal(struct {
		TBS, Algorithm asn1.RawValue
		Signature      asn1.BitString
	}{
		asn1.RawValue{FullBytes: tbs}, asn1.RawValue{FullBytes: algorithm},
		asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)},
	})
}

// signatureAlgorithm is the AlgorithmIdentifier of a key signing with a hash,
// for all the pairs that were ever seen in certificates, MD5 included.
func signatureAlgorithm(key *Key, hash crypto.Hash) ([]byte, error) {
	var oid asn1.ObjectIdentifier
	var parameters asn1.RawValue
	switch key.Public().(type) {
	case *rsa.PublicKey:
		oid = map[crypto.Hash]asn1.ObjectIdentifier{
			crypto.MD5:    {1, 2, 840, 113549, 1, 1, 4},
			crypto.SHA1:   {1, 2, 840, 113549, 1, 1, 5},
			crypto.SHA256: {1, 2, 840, 113549, 1, 1, 11},
			crypto.SHA384: {1, 2, 840, 113549, 1, 1, 12},
			crypto.SHA512: {1, 2, 840, 113549, 1, 1, 13},
		}[hash]
		parameters = asn1.NullRawValue
	case *ecdsa.PublicKey:
		oid = map[crypto.Hash]asn1.ObjectIdentifier{
			crypto.SHA1:   {1, 2, 840, 10045, 4, 1},
			crypto.SHA256: {1, 2, 840, 10045, 4, 3, 2},
			crypto.SHA384: {1, 2, 840, 10045, 4, 3, 3},
			crypto.SHA512: {1, 2, 840, 10045, 4, 3, 4},
		}[hash]
	case ed25519.PublicKey:
		oid = asn1.ObjectIdentifier{1, 3, 101, 112}
	}
	if oid == nil {
		return nil, fmt.Errorf("no certificate is signed by a key of type %s over %v", key.Type, hash)
	}
	return asn1.Marshal(pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: parameters})
}
