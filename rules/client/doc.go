// Package client predicts what a TLS client makes of a presented chain.
//
// A [Profile] is a trust store and a [Builder]: the parameters of a verifier.
// It judges what building and checking a path decides: trust, dates, names,
// algorithm policy, and the lists and dates by which a client distrusts. It does
// not judge certificate transparency (but for anchors that are distrusted by
// it), pins, protocol or cipher.
//
// # Three verifiers
//
// Nearly all clients verify in one way, and differ by parameters. Two do
// otherwise, and each is a file of its own behind the same small interface:
//
//   - verify_paths.go: depth-first path building. From the leaf upwards one
//     issuer is tried after the other, and where that leads nowhere the client
//     goes back, or does not. It is what a [Builder] asks for by default.
//   - verify_gnutls.go: validation of the list. GnuTLS puts the whole list into
//     order, cuts it where the store takes over, and verifies it from its end.
//     [Builder.ListValidation] asks for it.
//   - verify_wolfssl.go: a table of signers. wolfSSL verifies every entry for
//     itself, the last first, and makes each good CA a signer of further ones.
//     [Builder.SignerTableSize] asks for it.
//
// Nothing goes by the name of a client while it judges. What a client does is a
// value in its [Builder], which another client, or one that the user describes in
// a file, can have too.
//
// # Evidence, and what [08d] is
//
// Beside parameters stand ids in brackets. They are rows of the truth data, in
// which real clients were run against made chains: what they did is where the
// parameter is from. Judge the same chain to see it.
//
//   - [08d], [20n 23a]: scenarios, a number for a family of chains and a letter
//     for a variant; as chains/08d.pem and rows of verdicts.csv.
//   - [r0451]: a random hierarchy, as random/r0451.
//   - [L:ku=ka]: a chain in which one certificate is unusual: the leaf (L), the
//     intermediate (I), the root (R) or all of them (A), and in which way.
//   - model scenario 14k: the same ids, where the description of the clients
//     says more than one row.
//
// The data are no part of the repository. Where they lie beside it, tests
// (truth_test.go, certificates_test.go) compare each row with the prediction,
// and allow for no miss. Their README says how the clients were run.
//
// # Adding a check
//
// A check is a parameter of [Builder], a reason to reject, and a line in the
// function that tests what it is about:
//
//  1. Give [Builder] a field with a key for client files, whose zero value
//     leaves every client as it is. A trait of single certificates needs none:
//     it is a row in refusals_*.go.
//  2. Name the reason in patherror.go, with its [Cause]; give it a [Code] in
//     problem.go and words in reason.go and japanese.go.
//  3. Test for it in check.go: in checkContent, checkValidity or checkStrength
//     for any certificate, in checkCA or checkLeaf for one in its place, in
//     checkList for the list as a whole. One that is met before a path is
//     chosen is a test on candidates: passes in candidates.go.
//  4. Set the field for the clients that were seen to check, with the id of the
//     row that shows it.
//
// # Adding a client
//
//  1. Run it: make conformance shows random chains to real clients.
//  2. Give it a row in clients_*.go beside its nearest relative, or in
//     clients_platforms.go if it could not be run where it is used: its name,
//     the version that was run, its [Builder], its trust stores, what it asks for
//     besides, its group. Profiles, groups and aliases follow from the rows.
//  3. What it refuses of single certificates is in the rows of refusals_*.go,
//     under its id or a family of its row.
//  4. Compare again until no verdict differs, or write down which does.
//
// A client that verifies in a way of its own is another verifier: see verify.go.
package client
