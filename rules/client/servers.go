package client

import "github.com/tlschain/tlschain/rules/chain"

// Servers are the servers that verify certificates of clients (mutual TLS), each
// with the CAs that it trusts for that. What differs from the same library as a
// client was seen in runs of the servers: see TestServers of the package
// conformance.
func Servers(anchors *chain.Set) []*Profile {
	// X509_PURPOSE_SSL_CLIENT: what the key of an EC leaf is for is not asked
	// again after that, as clients do by TLS 1.2.
	openssl := with(rowOf("openssl-3.0").verifier(), func(b *Builder) { b.LeafUsageEC12 = false })
	// By default nginx takes one intermediate; Apache counts the root too, and
	// takes none [two intermediates; as it should be].
	nginx := with(openssl, func(b *Builder) { b.MaxPath = 1 })
	apache := with(openssl, func(b *Builder) { b.MaxPath = -1 })
	servers := []*Profile{
		{
			ID: "nginx", Title: "nginx (ssl_verify_client)", Family: "openssl", Version: "1.22.1 with OpenSSL 3.0.22", Builder: nginx,
			Notes: "ssl_verify_depth is 1, the default: one intermediate.",
		},
		{
			ID: "apache", Title: "Apache httpd (SSLVerifyClient)", Family: "openssl", Version: "2.4.71 with OpenSSL 3.0.22", Builder: apache,
			Notes: "SSLVerifyDepth is 1, the default: no intermediate, since the root counts.",
		},
		{
			ID: "haproxy", Title: "HAProxy (verify required)", Family: "openssl", Version: "2.6.12 with OpenSSL 3.0.22", Builder: openssl,
		},
		{
			ID: "go-server", Title: "Go's crypto/tls as a server", Family: "go", Version: "1.26", Builder: rowOf("go").verifier(),
		},
		{
			ID: "java-server", Title: "Java 17 as a server (JSSE)", Family: "java", Version: "17.0.15", Builder: rowOf("java-17").verifier(),
		},
	}
	for _, p := range servers {
		p.Group, p.BuilderEvidence, p.StoreEvidence = Modern, Measured, Measured
		if p.ID == "nginx" || p.ID == "apache" {
			p.Group = Broad // their defaults take fewer intermediates than most CAs have, and are set otherwise then
		}
		p.Sources = []string{"runs of the server against chains of clients, 2026-11-29"}
		p.Builder.ForClients = true
		if p.Builder.InOrder != nil {
			list := *p.Builder.InOrder
			list.ForClients = true
			p.Builder.InOrder = &list
		}
		p.Store = anchors
	}
	return servers
}
