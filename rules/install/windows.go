package install

import "fmt"

// Windows keeps certificates in stores, takes each one separately, and builds
// what IIS sends by itself, for all sites at once (SureServer FAQ).

func windowsFiles(j Job) []File {
	files := append(separate(j), File{Name: j.Name + ".p7b", Form: Bag})
	if j.Key != "" {
		files = append(files, File{Name: j.Name + ".pfx", Form: KeyStore})
	}
	return files
}

// addIssuers puts each issuer into the computer's store of intermediates.
func addIssuers(j Job) Step {
	var lines []string
	for i := range j.Issuers {
		lines = append(lines, "certutil -addstore CA "+cmd(j.windows(fmt.Sprintf(".%d.cer", i+1))))
	}
	return Step{"Copy the files to the server. In an administrator's command prompt, in their folder, install each issuer separately:", Cmd,
		lines}
}

// twins is the FAQ's "cross-root not in effect": a self-signed root of the same
// name and key in the store, which Windows prefers.
func twins(j Job) []Step {
	if len(j.Twins) == 0 {
		return nil
	}
	var look, drop []string
	for _, serial := range j.Twins {
		look = append(look, "certutil -store Root "+serial)
		drop = append(drop, "certutil -delstore Root "+serial)
	}
	return []Step{
		{"The set has a cross-certificate. If the server does not send it, a self-signed root with the same name and key is in " +
			"Trusted Root Certification Authorities, and Windows builds the chain to that one. Look for it (or in MMC, " +
			"Certificates of the computer account):", Cmd, look},
		{"If it is there, remove it and bind the site's certificate again. Windows' automatic root update may bring it back: " +
			"then bar it by group policy on this server.", Cmd, drop},
	}
}

func iis() Kind {
	return Kind{ID: "iis", Title: "IIS 7 and later", files: windowsFiles,
		steps: func(j Job) []Step {
			steps := []Step{addIssuers(j)}
			steps = append(steps, twins(j)...)
			if j.Key != "" {
				steps = append(steps, Step{"To give other IIS servers the same certificate, import the PFX file there (it asks for its password):", Cmd,
					[]string{"certutil -importpfx My " + cmd(j.windows(".pfx"))}})
			}
			return append(steps,
				Step{"If the certificate has vanished from the list of server certificates, its private key is not linked to it. " +
					"Link it by its thumbprint:", Cmd,
					[]string{`certutil -repairstore my "` + j.Thumbprint + `"`}},
				Step{"If that fails, the key is not on this machine: make a new request (CSR) there and have the certificate reissued.", "", nil},
				Step{"Bind the certificate again: IIS Manager, the site, Bindings, https, Edit, choose another certificate and OK, " +
					"then this one and OK. " +
					"IIS cannot set intermediates per site: it picks from the store, so this fixes all sites of the machine.", "", nil},
				Step{"If it is not in effect after that, restart IIS, or at last the server. " +
					"(After a renewal that installed no intermediate no restart is needed, unless a warning shows.)", Cmd, []string{"iisreset"}})
		}}
}

func iis6() Kind {
	return Kind{ID: "iis-6", Title: "IIS 6",
		files: windowsFiles,
		steps: func(j Job) []Step {
			steps := []Step{
				{"If the site shows a pending request, the certificate cannot be replaced. Delete a pending request that is not needed: " +
					"the site's Properties, Directory Security, Server Certificate, Delete the pending request.", "", nil},
				addIssuers(j),
			}
			steps = append(steps, twins(j)...)
			return append(steps,
				Step{"Replace the site's certificate: Properties, Directory Security, Server Certificate, " +
					"Replace the current certificate. Its thumbprint is " + j.Thumbprint + ".", "", nil},
				Step{"A dummy site that was made for the renewal's request may go once the certificate is replaced.", "", nil},
				Step{"Restart:", Cmd, []string{"iisreset"}})
		}}
}

func exchange() Kind {
	return Kind{ID: "exchange", Title: "Microsoft Exchange", files: windowsFiles,
		steps: func(j Job) []Step {
			steps := []Step{addIssuers(j)}
			steps = append(steps, twins(j)...)
			if j.Key != "" {
				steps = append(steps, Step{"In the Exchange Management Shell, import the certificate with its key (it asks for the " +
					"password of the PFX file):", PowerShell,
					[]string{"Import-ExchangeCertificate -FileData ([System.IO.File]::ReadAllBytes((Resolve-Path " + ps(j.windows(".pfx")) +
						"))) -Password (Read-Host -AsSecureString)"}})
			}
			return append(steps,
				Step{"Have the services take it anew:", PowerShell, []string{"Enable-ExchangeCertificate -Thumbprint " +
					j.Thumbprint + " -Services IIS,SMTP"}},
				Step{"Restart what serves it:", PowerShell, []string{"Restart-Service MSExchangeTransport", "iisreset"}})
		}}
}
