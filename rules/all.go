package rules

import "slices"

//go:generate go test -run TestReadmeIsCurrent -update .

// All gives every rule in the order in which they run. client-rejects comes
// after all that may already give its reason.
func All() []*Rule { return all }

var all = []*Rule{
	&leafNotFirst, &missingIntermediate, &wrongIntermediate, &wrongOrder,
	&rootInChain, &missingCrossRoot, &wrongCrossRoot, &staleCrossRoot, &revokedCertificate, &supersededIntermediate,
	&duplicateCertificate, &unrelatedCertificate, &unparsableCertificate, &oversizedChain, &chainTooComplex,
	&expiredLeaf, &notYetValid, &expiresSoon, &expiredIntermediate, &intermediateExpiresFirst,
	&nameMismatch, &noSAN, &selfSignedLeaf, &untrustedRoot, &overlongLeaf,
	&weakSignature, &weakKey, &keyMismatch, &productMismatch,
	&addressesDiffer, &vantageDiffer, &defaultCertificateDiffers, &keyTypesDiffer, &versionsDiffer, &transportsDiffer, &notReloaded,
	&interceptionSuspected,
	&distrustedRoot, &rootPhaseOut, &unloadableFile, &aiaFailed, &waiverExpired,
	&clientAuthEKUAbsent, &clientChainIncomplete, &clientCAUnlisted,
	&daneMismatch, &daneAnchorNotSent, &danePointsToRevoked, &daneUnauthenticated,
	&revokedByStaple, &badStaple, &stapleAbsent, &revokedByCA, &revocationUnavailable,

	&oddCertificate, &clientRejects,
}

// forClients are the rules that hold for what a client presents too, in the
// order in which they run.
var forClients = []*Rule{
	&leafNotFirst, &wrongOrder, &revokedCertificate, &duplicateCertificate, &unrelatedCertificate, &unparsableCertificate, &chainTooComplex,
	&expiredLeaf, &notYetValid, &expiresSoon, &expiredIntermediate, &intermediateExpiresFirst,
	&weakSignature, &weakKey, &keyMismatch,
	&clientAuthEKUAbsent, &clientChainIncomplete, &clientCAUnlisted,
	&unloadableFile, &aiaFailed, &waiverExpired,

	&oddCertificate, &clientRejects,
}

// Lookup finds a rule by its ID; nil: there is none.
func Lookup(id string) *Rule {
	for _, r := range all {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// AboutLeaf reports whether a rule is about the server's own certificate alone: no
// list of certificates behind it mends what the rule finds.
func AboutLeaf(id string) bool {
	return slices.Contains([]*Rule{&expiredLeaf, &keyMismatch, &nameMismatch, &noSAN, &overlongLeaf, &selfSignedLeaf}, Lookup(id))
}
