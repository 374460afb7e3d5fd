package rules

import (
	"crypto/sha1"
	"fmt"
	"slices"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/chain"
)

var notReloaded = Rule{
	ID: "not-reloaded", Class: ClassComparison, Severity: Error, Since: "0.1",
	Title: "Another certificate is served than expected",
	Why: "The new certificate is on the disk, and the server still holds the old one in memory. It goes unnoticed until the old one " +
		"expires, at night.",
	Fix: "Reload or restart the server. IIS: bind the certificate again in the site's bindings and restart the site; if it vanished " +
		"from the list after the import, its private key is not linked: `certutil -repairstore my \"THUMBPRINT\"` with the " +
		"certificate's SHA-1 thumbprint without spaces; if that fails, make a new CSR and have the certificate reissued. Look for a " +
		"second instance or a load balancer that answers for the address.",
	Refs: []string{"SureServer FAQ: restart after installation", "SureServer FAQ: [IIS 7.0] an installed certificate vanishes",
		"SureServer FAQ: [IIS 7.0] changes are not in effect"},
	Japanese: Text{
		Title: "期待と異なる証明書が返っている",
		Why: "新しい証明書は保存されていますが、サーバーは古いものをメモリーに持ったままです。" +
			"古い証明書が切れるまで気づかれません。",
		Fix: "サーバーを再読み込みまたは再起動してください。IIS: サイトのバインドを再設定し、再起動します。" +
			"インストール後に一覧から消えた場合は秘密鍵が紐づいていません。`certutil -repairstore my \"拇印\"` (SHA-1、" +
			"空白なし) を実行し、それでも失敗する場合は CSR を作り直して再発行してもらいます。" +
			"別のインスタンスやロードバランサーが答えていないかも確認してください。",
		Says: map[string]string{
			"The certificate served has SHA-256 %x, expected is %x.":              "返った証明書の SHA-256 は %[1]s で、期待する値は %[2]s です。",
			"Reload or restart the server so that it serves the new certificate.": "サーバーを再読み込みまたは再起動し、新しい証明書を使わせてください。",
			"%s already serves a newer certificate (issued %s, SHA-1 thumbprint %x) for the same name.": "%[1]s は、同じ名前の新しい証明書 (発行日 %[2]s、" +
				"SHA-1 拇印 %[3]s) をすでに返しています。",
			"%s presents the certificate with SHA-256 %s, and not that of this file.": "%[1]s が返す証明書は SHA-256 %[2]s で、このファイルのものではありません。",
			"%s presents the certificate with SHA-256 %s, and not that of this file, which was written on %s; " +
				"the last process there that reads certificates began on %s.": "%[1]s が返す証明書は SHA-256 %[2]s で、" +
				"このファイル (更新 %[3]s) のものではありません。証明書を読む最新のプロセスの開始は %[4]s です。",
			"%s presents other certificates behind this one than the file has.": "%[1]s がこの証明書に続けて返す証明書は、ファイルのものと異なります。",
			"%s presents other certificates behind this one than the file has, which was written on %s; " +
				"the last process there that reads certificates began on %s.": "%[1]s がこの証明書に続けて返す証明書は、" +
				"ファイル (更新 %[2]s) のものと異なります。証明書を読む最新のプロセスの開始は %[3]s です。",
			"Install the newer certificate here too, and reload.": "ここにも新しい証明書を設置し、再読み込みしてください。",
		},
	},
	Check: func(s *Subject, report func(Finding)) {
		c := s.leaf()
		if c == nil {
			return
		}
		if len(s.Served) > 0 {
			s.staleServer(c, report)
			return
		}
		if s.Expect != (cert.Hash{}) {
			if c.SHA256 != s.Expect {
				report(Finding{
					Positions: []int{s.Chain.Leaf},
					Message:   fmt.Sprintf("The certificate served has SHA-256 %s, expected is %s.", c.SHA256, s.Expect),
					Fix:       "Reload or restart the server so that it serves the new certificate.",
				})
			}
			return
		}
		for _, p := range s.Siblings {
			if p.Addr == s.Addr || len(p.Entries) == 0 || p.Entries[0].Cert == nil {
				continue
			}
			newer := p.Entries[0].Cert
			if newer.NotBefore.After(c.NotBefore) && newer.MatchesName(s.Name) && newer.Key.Kind == c.Key.Kind {
				report(Finding{
					Positions: []int{s.Chain.Leaf},
					Message: fmt.Sprintf("%s already serves a newer certificate (issued %s, SHA-1 thumbprint %x) for the same name.", p.Addr,
						date(newer.NotBefore), sha1.Sum(newer.Raw)),
					Fix: "Install the newer certificate here too, and reload.",
				})
				return
			}
		}
	},
}

// staleServer reports a server that does not present the file c that it is
// configured to present. On each address it may present several, one for each
// kind of key.
func (s *Subject) staleServer(c *cert.Certificate, report func(Finding)) {
	i := slices.IndexFunc(s.Served, func(v Served) bool {
		return !slices.ContainsFunc(s.Served, func(o Served) bool { return o.Addr == v.Addr && o.Leaf == c.SHA256 })
	})
	if i < 0 {
		s.staleList(c, report)
		return
	}
	v := s.Served[i]
	message := fmt.Sprintf("%s presents the certificate with SHA-256 %s, and not that of this file.", v.Addr, v.Leaf)
	if !v.Began.IsZero() {
		message = fmt.Sprintf("%s presents the certificate with SHA-256 %s, and not that of this file, which was written on %s; "+
			"the last process there that reads certificates began on %s.", v.Addr, v.Leaf, date(v.Written), date(v.Began))
	}
	report(Finding{Positions: []int{s.Chain.Leaf}, Message: message,
		Fix: "Reload or restart the server so that it serves the new certificate."})
}

// staleList reports a server that presents the leaf c of its file with another list
// behind it: what fix wrote has the same leaf. Roots count on neither side, which
// some servers leave out; nor does a file of a leaf alone, which OpenSSL completes
// by what else it has.
func (s *Subject) staleList(c *cert.Certificate, report func(Finding)) {
	var file, roots []cert.Hash
	for i := range s.Entries {
		switch e := &s.Entries[i]; {
		case i == s.Chain.Leaf:
		case e.Cert != nil && chain.SelfSigned(s.session, e.Cert):
			roots = append(roots, e.SHA256)
		default:
			file = append(file, e.SHA256)
		}
	}
	i := slices.IndexFunc(s.Served, func(v Served) bool {
		isRoot := func(h cert.Hash) bool { return slices.Contains(roots, h) }
		return v.Leaf == c.SHA256 && v.Behind != nil && !slices.Equal(slices.DeleteFunc(slices.Clone(v.Behind), isRoot), file)
	})
	if len(file) == 0 || s.Unordered || i < 0 {
		return
	}
	v := s.Served[i]
	message := fmt.Sprintf("%s presents other certificates behind this one than the file has.", v.Addr)
	if !v.Began.IsZero() {
		message = fmt.Sprintf("%s presents other certificates behind this one than the file has, which was written on %s; "+
			"the last process there that reads certificates began on %s.", v.Addr, date(v.Written), date(v.Began))
	}
	report(Finding{Positions: []int{s.Chain.Leaf}, Message: message,
		Fix: "Reload or restart the server so that it serves the new certificate."})
}
