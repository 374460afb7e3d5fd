package client

import "github.com/tlschain/tlschain/rules/cert"

// strictRefusals is what OpenSSL's flag X509_V_FLAG_X509_STRICT adds, which
// Python sets by default since 3.13: what RFC 5280 asks of certificates is asked
// for. The last certificate of a path needs no authority key identifier. Changes
// in brackets are chains that the conformance tests can make.
var strictRefusals = []refusal{
	{cert.NoAKI, sent, "python-3.13"},              // [L:drop=aki I:drop=aki L:aki=serialonly L:aki=empty]
	{cert.CAWithoutSKI, issuers, "python-3.13"},    // [I:drop=ski R:drop=ski]
	{cert.CAWithoutUsage, issuers, "python-3.13"},  // [I:drop=ku R:drop=ku]
	{cert.CALooseConstraints, path, "python-3.13"}, // [I:noncrit=bc R:noncrit=bc]
	{cert.NoConstraints, issuers, "python-3.13"},   // [R:drop=bc R:version=1]
	{cert.PathLenNoCA, path, "python-3.13"},        // [L:bc=falsepath]
	{cert.OldWithExtensions, path, "python-3.13"},  // [L:version=1x I:version=1x R:version=1x]
	{cert.EmptySAN, path, "python-3.13"},           // [L:san=empty L:cn=test.example]
	{cert.EmptyIssuer, path, "python-3.13"},        // [I:subject=empty R:subject=empty]
	{cert.EmptySubjectSAN, path, "python-3.13"},    // [L:subject=empty]
	{cert.AlgorithmDiffers, anchor, "python-3.13"}, // [R:inner=sha384]
	{cert.ParameterDiffers, anchor, "python-3.13"}, // [R:inner=sha256+absent]
}
