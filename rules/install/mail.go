package install

func postfix() Kind {
	return Kind{ID: "postfix", Title: "Postfix", files: fullchain,
		steps: func(j Job) []Step {
			return []Step{
				named(j, "Name the file; the key's line stays as it is. (Where smtpd_tls_chain_files is set, it goes before this line: "+
					"put the new file there, behind the key's.)",
					func(file string) []string { return []string{"postconf -e " + sh("smtpd_tls_cert_file = "+file)} }),
				{"If a TLSA record of the kind 2 x x names your root for DANE, call fix with --with-root: " +
					"mail servers that check it need the root to be sent (RFC 7672 section 3.1.2).", "", nil},
				{"Reload:", Shell, []string{"postfix reload"}},
			}
		}}
}

func dovecot() Kind {
	return Kind{ID: "dovecot", Title: "Dovecot", files: fullchain,
		steps: func(j Job) []Step {
			s := named(j, "In conf.d/10-ssl.conf; the < is part of it:", func(file string) []string { return []string{"ssl_cert = <" + file} })
			s.Language = Conf
			return []Step{s, {"Reload:", Shell, []string{"doveadm reload"}}}
		}}
}

// named is a step in a language that cannot quote: a path that would need it
// is not put there.
func named(j Job, text string, lines func(file string) []string) Step {
	file := j.path(".fullchain.pem")
	if !plain(file) {
		return Step{text + " The configuration cannot hold this folder's name: copy " + j.Name + ".fullchain.pem to /etc/ssl first.", Shell,
			lines("/etc/ssl/" + j.Name + ".fullchain.pem")}
	}
	return Step{text, Shell, lines(file)}
}
