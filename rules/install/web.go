package install

// Servers that read PEM files through OpenSSL and its kind: one file, "the
// intermediate, then the cross-root" (SureServer FAQ).

func apache() Kind {
	return Kind{ID: "apache", Title: "Apache httpd",
		files: func(j Job) []File {
			return append(fullchain(j), File{Name: j.Name + ".chain.pem", Form: Issuers})
		},
		steps: func(j Job) []Step {
			lines := []string{"SSLCertificateFile " + quoted(j.path(".fullchain.pem"), "")}
			if j.Key != "" {
				lines = append(lines, "SSLCertificateKeyFile "+quoted(j.Key, ""))
			}
			chain := []string{"SSLCertificateChainFile " + quoted(j.path(".chain.pem"), "")}
			text := "In the site's <VirtualHost>, name the new file; take SSLCertificateChainFile out. SSLCertificateKeyFile stays as it is."
			if hasDollar(j) {
				text += " Apache takes ${...} in a path for a variable: copy the files to a path without a $ and name that."
				lines, chain = nil, nil
			}
			return []Step{
				{text, Apache, lines},
				{"Before Apache 2.4.8, leave SSLCertificateFile as it is, and name the issuers' file instead (SSLCertificateChainFile):", Apache,
					chain},
				{"Look whether the configuration is right, and reload. Nothing is served anew before that.", Shell,
					[]string{"apachectl configtest && apachectl graceful"}},
			}
		}}
}

func nginx() Kind {
	return Kind{ID: "nginx", Title: "nginx", files: fullchain,
		steps: func(j Job) []Step {
			lines := []string{"ssl_certificate " + quoted(j.path(".fullchain.pem"), "") + ";"}
			if j.Key != "" {
				lines = append(lines, "ssl_certificate_key "+quoted(j.Key, "")+";")
			}
			text := "In the site's server block, name the new file; ssl_certificate_key stays as it is."
			if hasDollar(j) {
				text += " nginx takes a $ in a path for a variable: copy the file to a path without one and name that."
				lines = nil
			}
			return []Step{
				{text, Nginx, lines},
				{"Look whether the configuration is right, and reload:", Shell, []string{"nginx -t && nginx -s reload"}},
			}
		}}
}

// hasDollar reports whether a path would be taken for a variable: nginx and Apache
// have no way to write the letter.
func hasDollar(j Job) bool {
	for _, r := range j.Dir + j.Key {
		if r == '$' {
			return true
		}
	}
	return false
}

func haproxy() Kind {
	return Kind{ID: "haproxy", Title: "HAProxy",
		files: func(j Job) []File {
			if j.Key != "" {
				return []File{{Name: j.Name + ".pem", Form: WithKey}}
			}
			return []File{{Name: j.Name + ".pem", Form: Fullchain}}
		},
		steps: func(j Job) []Step {
			var steps []Step
			if j.Key == "" {
				steps = append(steps, Step{"HAProxy wants the private key beside the certificates, in a file with .key behind the name. " +
					"Copy the key of the certificate there, for root's eyes only (or call fix with --key, which puts it into the same file).", Shell,
					[]string{"install -m 600 /path/of/the/key " + sh(j.path(".pem.key"))}})
			}
			return append(steps,
				Step{"In the frontend, name the file:", HAProxy, []string{"bind :443 ssl crt " + quoted(j.path(".pem"), "$")}},
				Step{"Look whether the configuration is right, and reload:", Shell, []string{"haproxy -c -f /etc/haproxy/haproxy.cfg && " +
					"systemctl reload haproxy"}})
		}}
}

func caddy() Kind {
	return Kind{ID: "caddy", Title: "Caddy", files: fullchain,
		steps: func(j Job) []Step {
			key := "/path/of/the/key"
			if j.Key != "" {
				key = j.Key
			}
			return []Step{
				{"Caddy gets certificates by itself, chain and all, and needs this only for one that you bring. In the site's block of the Caddyfile:",
					Caddyfile, []string{"tls " + caddyWord(j.path(".fullchain.pem")) + " " + caddyWord(key)}},
				{"Reload:", Shell, []string{"caddy validate --config /etc/caddy/Caddyfile && caddy reload --config /etc/caddy/Caddyfile"}},
			}
		}}
}

// caddyWord quotes for a Caddyfile, where {...} is a placeholder also between
// quotes, and a backslash takes its meaning.
func caddyWord(s string) string { return quoted(s, "{}") }

func envoy() Kind {
	return Kind{ID: "envoy", Title: "Envoy", files: fullchain,
		steps: func(j Job) []Step {
			lines := []string{
				"common_tls_context:", "  tls_certificates:",
				"    - certificate_chain: {filename: " + yaml(j.path(".fullchain.pem")) + "}",
			}
			if j.Key != "" {
				lines = append(lines, "      private_key: {filename: "+yaml(j.Key)+"}")
			}
			return []Step{
				{"In the listener's DownstreamTlsContext, name the file as certificate_chain; private_key stays as it is.", YAML, lines},
				{"Envoy reads a static configuration at its start only: restart it (a certificate that comes by SDS is read anew when its " +
					"file is moved into place).", Shell, []string{"systemctl restart envoy"}},
			}
		}}
}

func traefik() Kind {
	return Kind{ID: "traefik", Title: "Traefik", files: fullchain,
		steps: func(j Job) []Step {
			key := "/path/of/the/key"
			if j.Key != "" {
				key = j.Key
			}
			return []Step{
				{"In a file of the dynamic configuration; Traefik sees the change by itself:", YAML, []string{
					"tls:", "  certificates:", "    - certFile: " + yaml(j.path(".fullchain.pem")), "      keyFile: " + yaml(key)}},
			}
		}}
}
