package install

import "fmt"

func tomcat() Kind {
	return Kind{ID: "tomcat", Title: "Tomcat",
		files: func(j Job) []File {
			files := append(separate(j), fullchain(j)...)
			if j.Key != "" {
				files = append(files, File{Name: j.Name + ".p12", Form: KeyStore})
			}
			return files
		},
		steps: func(j Job) []Step {
			if j.Key != "" {
				return []Step{
					{"The PKCS #12 file holds key and chain. Name it in server.xml, in the <SSLHostConfig> of the connector, " +
						"with the password that you gave:", XML,
						[]string{`<Certificate certificateKeystoreFile=` + xml(j.path(".p12")) +
							` certificateKeystoreType="PKCS12" certificateKeystorePassword="(the password)"/>`}},
					{"Restart:", Shell, []string{"systemctl restart tomcat10"}},
				}
			}
			var lines []string
			for i := j.Issuers; i > 0; i-- {
				lines = append(lines, fmt.Sprintf("keytool -importcert -noprompt -trustcacerts -keystore \"$KEYSTORE\" -alias issuer-%d -file %s", i,
					sh(j.path(fmt.Sprintf(".%d.cer", i)))))
			}
			return []Step{
				{"Say which keystore Tomcat reads and under which alias the key is (`keytool -list -keystore ...` shows it as PrivateKeyEntry):", Shell,
					[]string{"KEYSTORE=/path/of/the/keystore", "ALIAS=tomcat"}},
				{"Import each issuer separately, the topmost first:", Shell, lines},
				{"Then the server's certificate with its issuers, under the alias of its key, which links them:", Shell,
					[]string{"keytool -importcert -noprompt -trustcacerts -keystore \"$KEYSTORE\" -alias \"$ALIAS\" -file " +
						sh(j.path(".fullchain.pem"))}},
				{"A connector that reads PEM files takes instead, in its <SSLHostConfig>, the full chain as certificateFile:", XML,
					[]string{"<Certificate certificateFile=" + xml(j.path(".fullchain.pem")) + ` certificateKeyFile="(as it is)"/>`}},
				{"Restart:", Shell, []string{"systemctl restart tomcat10"}},
			}
		}}
}
