package install

import "fmt"

func bigip() Kind {
	return Kind{ID: "bigip", Title: "F5 BIG-IP",
		files: func(j Job) []File {
			return []File{{Name: j.Name + ".chain.pem", Form: Issuers}, {Name: j.Name + ".0.cer", Form: Leaf}}
		},
		steps: func(j Job) []Step {
			return []Step{
				{"Copy the files to /var/tmp of the BIG-IP and install the issuers as one file, in order:", Shell,
					[]string{"tmsh install sys crypto cert " + j.Name + "-chain from-local-file /var/tmp/" + j.Name + ".chain.pem"}},
				{"Say which client SSL profile serves the site, and name the file as its chain (the GUI: Local Traffic, Profiles, SSL, " +
					"Client, Certificate Key Chain):", Shell,
					[]string{"PROFILE=clientssl-site", `tmsh modify ltm profile client-ssl "$PROFILE" cert-key-chain modify { default { chain ` +
						j.Name + "-chain.crt } }", "tmsh save sys config"}},
			}
		}}
}

func iplanet() Kind {
	return Kind{ID: "iplanet", Title: "iPlanet, Sun Java System and Oracle iPlanet Web Server", files: separate,
		steps: func(j Job) []Step {
			var wadm, nss []string
			for i := range j.Issuers {
				file := sh(j.path(fmt.Sprintf(".%d.cer", i+1)))
				wadm = append(wadm, `wadm install-cert --user=admin --config="$CONFIG" --cert-type=chain `+file)
				nss = append(nss, fmt.Sprintf("certutil -A -d \"$DATABASE\" -n issuer-%d -t ,, -a -i %s", i+1, file))
			}
			return []Step{
				{"Install each certificate separately, as a certificate chain. In the administration console: Certificates, " +
					"Certificate Authorities, Install, \"Certificate chain\". By command (version 7):", Shell,
					append([]string{"CONFIG=default"}, wadm...)},
				{"Or straight into the server's NSS database:", Shell, append([]string{"DATABASE=/path/of/the/config"}, nss...)},
				{"Deploy and restart the instance:", Shell, []string{`wadm deploy-config --user=admin "$CONFIG"`,
					`wadm restart-instance --user=admin --config="$CONFIG"`}},
			}
		}}
}
