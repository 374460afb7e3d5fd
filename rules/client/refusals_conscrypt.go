package client

import "github.com/tlschain/tlschain/rules/cert"

// androidRefusals and takenByAndroid are what runs of Conscrypt showed beside
// what the tables assume of all platforms. What its own code does not settle is
// left as it was: a device has other providers of cryptography behind it than
// OpenJDK (keys of DSA and Ed448). Changes in brackets are chains that the
// conformance tests can make.
var (
	androidRefusals = []refusal{
		{cert.KeyEd25519, issuer, "android"},           // [I:key=ed25519: "unknown key class"]
		{cert.PathLenHuge, path, "android"},            // [I:bc=huge]
		{cert.EKUCritical, issuer, "android"},          // [I:eku=client,server I:crit=eku]
		{cert.TwoMinor, path, "android"},               // [L:dup=ski I:dup=ski R:dup=ski]
		{cert.TwoUnknown, path, "android"},             // [L:unk=0500 L:dup=unk]
		{cert.ParameterDiffers, sent, "android"},       // [L:inner=sha256+absent I:inner=sha256+absent]
		{cert.SignatureBits, sent, "android"},          // [L:unused=1 I:unused=1]
		{cert.LongLength, list, "android"},             // [L:length=long I:length=long]
		{cert.IndefiniteLength, handshakes, "android"}, // [L:length=indefinite]
		{cert.TrailingTBS, list, "android"},            // [L:tail=tbs I:tail=tbs]
		{cert.TrailingBC, path, "android"},             // [I:trail=bc]
		{cert.TrailingSAN, leaf, "android"},            // [L:trail=san]
		{cert.BadEKU, leaf, "android"},                 // [L:cut=eku]
		{cert.TrailingKU, handshake13, "android"},      // [L:trail=ku]
	}
	takenByAndroid = []refusal{
		{cert.EKUStepUp, sent, "android"},     // [L:eku=stepup I:eku=stepup]
		{cert.PathLenNoCA, leaf, "android"},   // [L:bc=falsepath]
		{cert.CriticalCRL, leaf, "android"},   // [L:cdp=yes L:crit=cdp]
		{cert.CriticalSKI, anchor, "android"}, // [R:crit=ski]
		{cert.KeyP224, issuers, "android"},    // [I:key=p224 R:key=p224]
		{cert.KeyDSA, issuers, "android"},     // [I:key=dsa2048 R:key=dsa1024]
		{cert.KeyEd448, anchor, "android"},    // [R:key=ed448]
		{cert.PSSWithSHA1, sent, "android"},   // [L:sig=psssha1 I:sig=psssha1]
		{cert.PSSWithSHA224, sent, "android"}, // [L:sig=psssha224]
		{cert.TimeNoZone, path, "android"},    // [L:time=nozone]
		{cert.TimeOffset, path, "android"},    // [L:time=offset]
		{cert.TimeFraction, path, "android"},  // [L:to=gen:20270115000000.5Z]
		{cert.NoKeyNull, issuer, "android"},   // [I:spki=absent]
		{cert.NegativeKey, issuer, "android"}, // [I:spki=negative]
	}
)
