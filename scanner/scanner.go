// Package scanner observes: it connects to targets and brings home the
// certificate chain that each one presents, byte for byte as it was sent.
//
// All network I/O of the program is in this tree. It judges nothing and parses
// no certificate: what a peer sends is hostile until rules/cert has read it.
package scanner
