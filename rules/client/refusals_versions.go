package client

import "github.com/tlschain/tlschain/rules/cert"

// versionRefusals is what one version of a family refuses.
var versionRefusals = []refusal{
	{cert.CriticalPolicyConstraints, path, "go-1.21 go-1.23"}, // [p01: policies are processed since 1.24]
	{cert.CriticalPolicyMappings, path, "go-1.21 go-1.23"},    // [p11]
	{cert.CriticalInhibitAny, path, "go-1.21 go-1.23"},        // [p14]
	{cert.Exponent64, everywhere, "go-1.21 go-1.23"},          // [L:key=rsa2048e128bit: it cannot be read]
	{cert.TwoKnown, issuers, "openssl-1.1.0"},                 // [I:dup=bc: it is no CA then]
}

// takenByVersion is what one version of a family takes although the tables say
// of the family that it refuses it. Changes in brackets are chains that the
// conformance tests can make.
var takenByVersion = []refusal{
	{cert.NegativeSerialNumber, anchor, "go-1.21"},  // [R:serial=negative]
	{cert.PathLenNegative, path, "go-1.21 go-1.23"}, // [I:bc=negative]
	// Go 1.24 moved RSA to checks of its own.
	{cert.Exponent31, handshakes | issuers, "go-1.21 go-1.23"}, // [L:key=rsa2048e34bit]
	{cert.Exponent33, handshakes | issuers, "go-1.21 go-1.23"}, // [I:key=rsa2048e34bit R:key=rsa2048e34bit]
	{cert.DuplicatePolicy, everywhere, "go-1.21 go-1.23"},      // [L:cp=1,1: read since 1.24]
	// Go 1.23 began to refuse identifiers and addresses that are critical.
	{cert.CriticalAKI, path | list, "go-1.21"}, // [L:crit=aki I:crit=aki]
	{cert.CriticalSKI, path | list, "go-1.21"}, // [L:crit=ski I:crit=ski R:crit=ski]
	{cert.CriticalAIA, path | list, "go-1.21"}, // [L:crit=aia I:crit=aia]
	// OpenSSL looks for critical extensions of anchors since 1.1.0.
	{cert.CriticalAKI, anchor, "openssl-1.0"}, // [R:crit=ski]
	{cert.CriticalSKI, anchor, "openssl-1.0"}, // [R:crit=ski]
	{cert.CriticalAIA, anchor, "openssl-1.0"}, // [R:crit=ski]
	{cert.CriticalIAN, anchor, "openssl-1.0"}, // [R:crit=ski]
	// Of rustls, the provider of cryptography decides.
	{cert.KeyMLDSA, handshakes | issuers, "rustls-0.23-aws-lc"}, // [L:key=mldsa65 A:key=mldsa65]
}
