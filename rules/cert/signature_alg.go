package cert

import (
	"crypto"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// ParseSignatureAlg reads the AlgorithmIdentifier of a signature.
func ParseSignatureAlg(der []byte) SignatureAlg {
	in := cryptobyte.String(der)
	var seq cryptobyte.String
	var oid string
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !readOID(&seq, &oid) {
		return SignatureAlg{Name: "unreadable", Key: UnknownKey, Traits: Of(SignedUnknown)}
	}
	if oid == oidPSS {
		return parsePSS(seq)
	}
	alg, ok := signatureAlgs[oid]
	if !ok {
		return SignatureAlg{Name: oid, OID: oid, Key: UnknownKey, Traits: Of(SignedUnknown)}
	}
	alg.OID = oid
	alg.Traits = hashTraits(alg)
	if alg.Key == EC && !seq.Empty() {
		alg.Traits.Add(SignedECNull)
	}
	return alg
}

// hashTraits tells what clients mind about the hash of an algorithm.
func hashTraits(alg SignatureAlg) (s Traits) {
	ec := alg.Key == EC
	add := func(rsa, ecdsa Trait) {
		switch {
		case ec:
			s.Add(ecdsa)
		case alg.Key == RSA:
			s.Add(rsa)
		}
	}
	if alg.Key == DSA {
		s.Add(SignedDSA)
	}
	switch alg.Hash {
	case crypto.MD5:
		s.Add(SignedMD5)
	case crypto.SHA1:
		add(SignedSHA1, SignedECSHA1)
	case crypto.SHA224:
		add(SignedSHA224, SignedECSHA224)
	case crypto.SHA512_224, crypto.SHA512_256:
		s.Add(SignedSHA512T)
	case crypto.SHA3_224, crypto.SHA3_256, crypto.SHA3_384, crypto.SHA3_512:
		add(SignedSHA3, SignedECSHA3)
	case 0:
		if alg.OID == oidMD2 {
			s.Add(SignedMD5)
		}
	}
	return s
}

// PSSParameters are those of RFC 4055 section 3.1: of a signature, or what a key
// allows its signatures to have.
type PSSParameters struct {
	Hash, Mask string // OIDs of the hash functions
	Salt       int    // bytes; of a key the fewest
}

// parsePSS reads RSASSA-PSS-params (RFC 4055 section 3.1). The hash and that of
// the mask are SHA-1, and the salt has 20 octets, where they are absent. With a
// hash that is not known the algorithm is none that can be checked.
func parsePSS(params cryptobyte.String) SignatureAlg {
	unknown := SignatureAlg{Name: "RSA-PSS", OID: oidPSS, Key: UnknownKey, Traits: Of(SignedPSS, SignedUnknown)}
	var seq, mgf, mask, tagged cryptobyte.String
	var has, hasMask bool
	hash, maskHash, salt := oidSHA1, oidSHA1, 20
	if params.ReadASN1(&seq, cbasn1.SEQUENCE) {
		if !readPSSHash(&seq, &hash) ||
			!seq.ReadOptionalASN1(&mgf, &hasMask, cbasn1.Tag(1).Constructed().ContextSpecific()) {
			return unknown
		}
		if hasMask {
			var oid string
			if !mgf.ReadASN1(&mask, cbasn1.SEQUENCE) || !readOID(&mask, &oid) || oid != oidMGF1 || !readHash(&mask, &maskHash) {
				return unknown
			}
		}
		if !seq.ReadOptionalASN1(&tagged, &has, cbasn1.Tag(2).Constructed().ContextSpecific()) || has && !tagged.ReadASN1Integer(&salt) {
			return unknown
		}
	}
	h, ok := pssHashes[hash]
	if !ok {
		return unknown
	}
	alg := SignatureAlg{Name: h.name + "-RSAPSS", OID: oidPSS, Key: RSA, Hash: h.hash, Traits: Of(SignedPSS),
		PSS: &PSSParameters{hash, maskHash, salt}}
	switch h.hash {
	case crypto.SHA1:
		alg.Traits.Add(PSSWithSHA1)
	case crypto.SHA224:
		alg.Traits.Add(PSSWithSHA224)
	case crypto.SHA3_256, crypto.SHA3_384, crypto.SHA3_512:
		alg.Traits.Add(PSSWithSHA3)
	}
	if salt != h.hash.Size() {
		alg.Traits.Add(PSSOddSalt)
	}
	if hasMask && maskHash == oidSHA1 {
		alg.Traits.Add(PSSWrittenMask)
	}
	if maskHash != hash {
		alg.Traits.Add(PSSOddMask)
	}
	return alg
}

func readPSSHash(in *cryptobyte.String, oid *string) bool {
	var tagged cryptobyte.String
	var has bool
	return in.ReadOptionalASN1(&tagged, &has, cbasn1.Tag(0).Constructed().ContextSpecific()) && (!has || readHash(&tagged, oid))
}

// readHash reads the OID of a hash's AlgorithmIdentifier.
func readHash(in *cryptobyte.String, oid *string) bool {
	var alg cryptobyte.String
	return in.ReadASN1(&alg, cbasn1.SEQUENCE) && readOID(&alg, oid)
}
