package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

const apacheModules = "LoadModule mpm_event_module %[1]smod_mpm_event.so\nLoadModule ssl_module %[1]smod_ssl.so\n" +
	"LoadModule macro_module %[1]smod_macro.so\nLoadModule info_module %[1]smod_info.so\n"

// What check --apache says of each site is what a real Apache presents for it,
// and the dump of its configuration tells the same as its files.
func TestApachePresentsWhatItsConfigurationSays(t *testing.T) {
	t.Parallel()
	program := tlstest.Program(t, "apache2", "apache2")
	w := newStoreWriter(t)
	ca, roots := siteCA(t)
	w.siteLeaves(ca, "own", "outer", "macro", "both", "rsa", "split", "replaced")
	w.put("tls/ca.pem", ca.PEM())
	w.put("logs/none")
	address := freeAddress(t)
	main := fmt.Sprintf("ServerRoot %q\nDefine TLS tls\nDefine AT %s\nDefaultRuntimeDir %q\nPidFile pid\nServerName localhost\nErrorLog error.log\n"+
		"Listen ${AT} https\n", w.dir, address, w.dir) + fmt.Sprintf(apacheModules, "/usr/lib/apache2/modules/")
	if os.Geteuid() == 0 {
		main += "User www-data\nGroup www-data\n"
	}
	w.put("apache2.conf", []byte(main+"SSLCertificateFile tls/outer.pem\nSSLCertificateKeyFile tls/outer.key\n"+
		"<Macro Site $n $name>\n<VirtualHost ${AT}>\nServerName $name\nSSLCertificateFile ${TLS}/$n.pem\nSSLCertificateKeyFile ${TLS}/$n.key\n</VirtualHost>\n</Macro>\n"+
		"# a comment that goes on \\\nInclude nowhere.conf\nInclude sites/*.conf\nIncludeOptional none.conf\n"+
		"<IfModule mod_ssl.c>\n<IfDefine !TLS>\nInclude nowhere.conf\n</IfDefine>\n</IfModule>\n<IfModule none_module>\n<If true>\nBad\n</If>\n</IfModule>\n"))
	w.put("sites/a.conf", fmt.Appendf(nil, "<virtualhost %s>\n  servername https://own.example.test:443\n  ServerAlias www.own.example.test *.own.example.test\n"+
		"  SSLENGINE On\n  SSLCertificateFile \"%s/tls/own.pem\"\n  SSLCertificateKeyFile \\\n    'tls/own.key'\n</virtualhost>\n", address, w.dir))
	w.put("sites/b.conf", []byte("<VirtualHost ${AT}>\nServerName outer.example.test\n</VirtualHost>\n<VirtualHost ${AT}>\nServerName both.example.test\n"+
		"SSLCertificateFile tls/both.pem\nSSLCertificateKeyFile tls/both.key\nSSLCertificateFile tls/rsa.pem\nSSLCertificateKeyFile tls/rsa.key\n</VirtualHost>\n"))
	w.put("sites/c.conf", []byte("Use Site macro macro.example.test\n<VirtualHost ${AT}>\nServerName split.example.test\nSSLCertificateFile tls/split.crt\n"+
		"SSLCertificateKeyFile tls/split.key\nSSLCertificateChainFile tls/ca.pem\n</VirtualHost>\n"+
		"<VirtualHost ${AT}>\nServerName replaced.example.test\nSSLCertificateFile tls/replaced.pem\nSSLCertificateKeyFile tls/replaced.key\nSSLCertificateChainFile tls/own.pem\n</VirtualHost>\n"))
	w.put("sites/off.conf", []byte("<VirtualHost ${AT}>\nServerName off.example.test\nSSLEngine off\n</VirtualHost>\n"))
	w.put("sites/old.disabled", []byte("<this is not read"))
	sites, said, _ := configChecked(t, "", "--roots", roots, "--apache", w.dir)
	want := []string{
		"sites/a.conf:5 SSLCertificateFile tls/own.pem | own.example.test",
		"sites/a.conf:5 SSLCertificateFile tls/own.pem (www.own.example.test) | www.own.example.test name-mismatch",
		"apache2.conf:15 SSLCertificateFile tls/outer.pem | outer.example.test",
		"sites/b.conf:6 SSLCertificateFile tls/both.pem | both.example.test",
		"sites/b.conf:8 SSLCertificateFile tls/rsa.pem | both.example.test",
		"apache2.conf:20 SSLCertificateFile tls/macro.pem | macro.example.test",
		"sites/c.conf:4 SSLCertificateFile tls/split.crt | split.example.test",
		"sites/c.conf:10 SSLCertificateFile tls/replaced.pem | replaced.example.test unrelated-certificate",
	}
	if diff := cmp.Diff(want, siteLines(w.dir, sites)); diff != "" {
		t.Errorf("%s\n%s", diff, said)
	}

	arguments := []string{"-d", w.dir, "-f", filepath.Join(w.dir, "apache2.conf")}
	dump, err := exec.Command(program, append(arguments, "-t", "-D", "DUMP_CONFIG")...).Output()
	if err != nil {
		t.Fatalf("%v", err)
	}
	dumped, said, _ := configChecked(t, string(dump), "--roots", roots, "--apache", "-")
	if diff := cmp.Diff(sites, dumped); diff != "" {
		t.Errorf("%s\n%s", diff, said)
	}
	log := startUntilEnd(t, exec.Command(program, append(arguments, "-DFOREGROUND")...))
	awaitServed(t, address, "own.example.test", func() string { return log() + string(read(t, filepath.Join(w.dir, "error.log"))) })
	sitesAreServed(t, address, sites)
}

// What is wrong with a configuration is told with its line.
func TestApacheConfigurationsAtFault(t *testing.T) {
	t.Parallel()
	doubling := "<Macro A0 $x>\n</Macro>\n"
	for i := range 45 {
		doubling += fmt.Sprintf("<Macro A%d $x>\nUse A%d $x\nUse A%[2]d $x\n</Macro>\n", i+1, i)
	}
	growing := "Define A 0123456789abcdef\n"
	for range 40 {
		growing += "Define A ${A}${A}\n"
	}
	wide := "<Macro M $x>\n" + strings.Repeat("$x", 20_000) + "\n</Macro>\nUse M " + strings.Repeat("a", 60_000)
	long := "<Macro M $x>\n" + strings.Repeat("a\n", 300_000) + "</Macro>\n" + strings.Repeat("Use M b\n", 90_000)
	many := "Define A " + strings.Repeat("a", 60_000) + "\n" + strings.Repeat("${A}", 16_000)
	const host = "<VirtualHost *:443>\nSSLEngine on\n"
	configsAtFault(t, "apache", "apache2.conf", map[string]configFault{
		"include loop":    {"Include ./apache2.conf", "apache2.conf includes itself, by "},
		"unended":         {"<VirtualHost *:443>", "ends within a directive or a block"},
		"skipped unended": {"LoadModule a_module a.so\n<IfModule b_module>\n", "ends within a directive or a block"},
		"wrong end":       {"<VirtualHost *:443>\n</Location>", "apache2.conf:2: </Location> ends no section"},
		"no such include": {"Include nowhere.conf", "nowhere.conf: no such file"},
		"deep":            {strings.Repeat("<If a>\n", 100_000), "more than 50 deep"},
		"doubling macros": {doubling + "Use A45 x\n", "macros are used more than 100000 times"},
		"growing":         {growing, "the line is longer than 64 KiB"},
		"wide macros":     {wide, "with the arguments of the macro the line is longer than 64 KiB"},
		"long macros":     {long, "there are more than 500000 lines"},
		"many variables":  {many, "with what is defined the line is longer than 64 KiB"},
		"unknown macro":   {"Use Site a", `no macro "Site a" with 1 arguments`},
		"itself":          {"<Macro M>\nUse M\n</Macro>\nUse M\n", "more than 50 deep"},
		"no TLS":          {"Listen 80\n<VirtualHost *:80>\n</VirtualHost>", "no server in it listens for TLS"},
		"a device":        {"Include /dev/zero", "it is no file"},
		"no certificate":  {host + "</VirtualHost>", "apache2.conf:1 VirtualHost: it speaks TLS and has no SSLCertificateFile"},
		"a variable":      {host + "SSLCertificateFile ${DIR}/a.pem\n</VirtualHost>", "apache2.conf:3 SSLCertificateFile: its value has a variable"},
		"a token":         {host + "SSLCertificateFile pkcs11:a\n</VirtualHost>", "the certificate is in a PKCS #11 token"},
		"no such file":    {host + "SSLCertificateFile gone.pem\n</VirtualHost>", "gone.pem: no such file"},
		"empty words":     {"\"\" x\n''\n<>\n</>\n<\n", "apache2.conf:4: </> ends no section"},
	})
}
