// Package tlschain scans live TLS endpoints, judges the certificate chain that
// each one presents, completes it, and reports which clients break because of
// it and what fixes it.
package tlschain
