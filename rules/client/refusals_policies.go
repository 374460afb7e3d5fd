package client

import "github.com/tlschain/tlschain/rules/cert"

// policyRefusals is about certificate policies: clients that do not process
// rules about them refuse those that are critical (RFC 5280 section 4.2), but
// for OpenSSL's kin, which reads and ignores them.
var policyRefusals = []refusal{
	{cert.CriticalPolicyConstraints, path, "mbedtls gnutls botan"},            // [p01 p05 p06 p07 p08 p09 p11 p13 p14m p21]
	{cert.CriticalPolicyConstraints, sent, "nss bearssl rustls"},              // [p01; an anchor is not looked at: p08]
	{cert.CriticalPolicyMappings, path, "mbedtls gnutls botan"},               // [p11n p12b]
	{cert.CriticalPolicyMappings, sent, "wolfssl nss firefox bearssl rustls"}, // [p11n p12b]
	{cert.CriticalInhibitAny, path, "mbedtls botan"},                          // [p14]
	{cert.CriticalInhibitAny, sent, "nss bearssl rustls"},                     // [p14]
	{cert.CriticalPolicies, sent, "nss rustls"},                               // [p16a p18]
	{cert.EmptyPolicies, path, "mbedtls wolfssl chrome bun"},                  // [p20 p20i]
	{cert.EmptyPolicyConstraints, sent, "wolfssl chrome bun"},                 // [p21 I:pc=empty]
	{cert.MapsAnyPolicy, anchor, "chrome bun"},                                // [R:pm=1:any]
	{cert.EmptyPolicyConstraints, anchor, "wolfssl chrome bun"},               // [R:pc=empty]
	{cert.DuplicatePolicy, anchor, "botan chrome bun"},                        // [R:cp=1,1]
	{cert.MapsAnyPolicy, issuer, "chrome bun android"},                        // [p12b J:pm=1:any; Go and Java only while a policy is valid]
	{cert.CriticalNamedPolicy, sent, "mbedtls"},                               // [p18 L:cp=1 L:crit=cp; anyPolicy is taken: p16a]
	{cert.CriticalUnknownQualifier, sent, "bearssl chrome"},                   // [p18 I:cp=1+unknown I:crit=cp]
	{cert.DuplicatePolicy, sent, "botan chrome bun"},                          // [L:cp=1,1; of Bun by BoringSSL's source]
	{cert.DuplicatePolicy, everywhere, "go"},                                  // [the same; it cannot be read]
}
