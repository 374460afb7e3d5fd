package install

func kubernetes() Kind {
	return Kind{ID: "kubernetes", Title: "Kubernetes (Ingress, Gateway)", files: fullchain,
		steps: func(j Job) []Step {
			name := j.Name + "-tls" // a DNS name by SafeName, as RFC 1123 wants it
			if j.Key != "" {
				return []Step{{"Write the secret that the Ingress or Gateway names (put your own name and namespace):", Shell,
					[]string{"kubectl create secret tls " + name + " --cert=" + sh(j.path(".fullchain.pem")) + " --key=" + sh(j.Key) +
						" --dry-run=client -o yaml | kubectl apply -f -"}}}
			}
			return []Step{
				{"Put the chain into the secret that the Ingress or Gateway names; its key stays (put your own name and namespace). " +
					"Controllers see the change by themselves.", Shell,
					[]string{"kubectl patch secret " + name + ` --type=merge -p "{\"data\":{\"tls.crt\":\"$(base64 -w0 < ` +
						sh(j.path(".fullchain.pem")) + `)\"}}"`}},
				{"Where cert-manager made the secret it writes it anew: fix the issuer's chain there instead.", "", nil},
			}
		}}
}

func awsACM() Kind {
	return Kind{ID: "aws-acm", Title: "AWS Certificate Manager",
		files: func(j Job) []File {
			return []File{{Name: j.Name + ".0.cer", Form: Leaf}, {Name: j.Name + ".chain.pem", Form: Issuers}}
		},
		steps: func(j Job) []Step {
			key := "/path/of/the/key"
			if j.Key != "" {
				key = j.Key
			}
			return []Step{
				{"A certificate that ACM issued brings its chain along: nothing is to be done. " +
					"One that was imported is imported again under its ARN, with the chain; load balancers take it within minutes:", Shell,
					[]string{"ARN=arn:aws:acm:REGION:ACCOUNT:certificate/ID",
						`aws acm import-certificate --certificate-arn "$ARN" --certificate ` + sh("fileb://"+j.path(".0.cer")) +
							" --certificate-chain " + sh("fileb://"+j.path(".chain.pem")) + " --private-key " + sh("fileb://"+key)}},
			}
		}}
}
