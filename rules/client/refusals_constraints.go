package client

import "github.com/tlschain/tlschain/rules/cert"

// constraintRefusals is about name constraints that are malformed or of forms that a
// client does not know. Changes in brackets are chains that the conformance
// tests can make.
var constraintRefusals = []refusal{
	{cert.ConstraintsEmpty, path, "chrome firefox"},     // [c-seq-empty, I:nc=empty I:noncrit=nc]
	{cert.ConstraintsEmpty, list, "go botan"},           // [c-seq-empty]
	{cert.ConstraintsMask, path, "gnutls chrome"},       // [c-ip-mask]
	{cert.ConstraintsMask, list, "go"},                  // [c-ip-mask]
	{cert.ConstraintsLength, path, "gnutls chrome"},     // [I:nc=-ip:0a000000]
	{cert.ConstraintsLength, list, "go botan"},          // [I:nc=-ip:0a000000]
	{cert.ConstraintsIPv6, path, "botan"},               // [an IPv6 range]
	{cert.ConstraintsOther, path, "gnutls"},             // [c-oth-none, I:nc=+other:x]
	{cert.ConstraintsRegisteredID, path, "android"},     // [I:nc=-rid:]
	{cert.ConstraintsEmptyDomain, list, "java"},         // [I:nc=+dns: I:nc=-dns:]
	{cert.ConstraintsEmptyDomain, path, "wolfssl"},      // [I:nc=+dns: I:nc=-dns:]
	{cert.ConstraintsOddDomain, path, "firefox rustls"}, // [I:nc=+dns:%00,+dns:test.example]
	{cert.ConstraintsOddDomain, list, "go"},             // [I:nc=+dns:%00,+dns:test.example]
	{cert.ConstraintsNoCA, path, "wolfssl botan"},       // [c-leaf-nc, L:nc=+dns:test.example L:noncrit=nc]
	{cert.CriticalDirectories, path, "go"},              // [c-dir-ok]
	{cert.CriticalOtherForms, path, "go botan"},         // [c-oth-none]
}
