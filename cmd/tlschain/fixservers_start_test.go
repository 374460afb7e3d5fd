package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

var fixableServers = []fixableServer{
	{kind: "nginx", program: "nginx", debian: "nginx", configure: (*instance).nginx,
		shims: map[string]string{"nginx": `exec /usr/sbin/nginx -e stderr -p DIR -c CONFIG "$@"`}},
	{kind: "apache", program: "apache2", debian: "apache2", configure: (*instance).apache,
		shims: map[string]string{"apachectl": `case $1 in configtest) exec /usr/sbin/apache2 -d DIR -f CONFIG -t;; *) exec /usr/sbin/apache2 -d DIR -f CONFIG -k "$1";; esac`}},
	{kind: "haproxy", program: "haproxy", debian: "haproxy", withKey: true, configure: (*instance).haproxy,
		shims: map[string]string{"haproxy": "exec /usr/sbin/haproxy -c -f CONFIG", "systemctl": "kill -USR2 $(cat DIR/supervised)"}},
	{kind: "caddy", program: "caddy", debian: "caddy", withKey: true, configure: (*instance).caddy,
		shims: map[string]string{"caddy": `export HOME=DIR; exec /usr/bin/caddy "$1" --config CONFIG --adapter caddyfile`}},
	{kind: "tomcat", program: "/usr/share/tomcat10/bin/catalina.sh", debian: "tomcat10", configure: (*instance).tomcat,
		shims: map[string]string{"systemctl": "kill $(cat DIR/supervised)"}},
	{kind: "postfix", program: "postfix", debian: "postfix", configure: (*instance).postfix, master: "queue/pid/master.pid",
		shims: map[string]string{"postconf": `exec /usr/sbin/postconf -c DIR/etc "$@"`, "postfix": `exec /usr/sbin/postfix -c DIR/etc "$@"`}},
}

// supervise runs a server until the test ends, and starts it again when it
// ends before that, as an init does. It returns when the server listens.
func supervise(t *testing.T, i *instance, argv []string) {
	t.Helper()
	// A file and no pipe: a daemon that stays behind would hold the pipe open.
	log, err := os.Create(filepath.Join(i.dir, "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	said := func() string { return string(read(t, log.Name())) }
	stop := make(chan struct{})
	ended := make(chan struct{})
	running := make(chan *exec.Cmd, 1)
	start := func() *exec.Cmd {
		cmd := exec.Command(argv[0], argv[1:]...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = i.dir, log, log
		cmd.Env = append(os.Environ(), "HOME="+i.dir, "CATALINA_BASE="+i.dir, "CATALINA_HOME=/usr/share/tomcat10",
			"JAVA_OPTS=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC") // it lives for seconds
		system.OwnGroup(t, cmd)
		if err := cmd.Start(); err != nil {
			t.Error(err)
			return nil
		}
		write(t, i.dir, "supervised", []byte(strconv.Itoa(cmd.Process.Pid)))
		return cmd
	}
	first := start()
	if first == nil {
		t.FailNow()
	}
	running <- first
	go func() {
		defer close(ended)
		for cmd := first; cmd != nil; {
			cmd.Wait()
			system.KillGroup(cmd)
			<-running
			select {
			case <-stop:
				return
			default:
			}
			if cmd = start(); cmd != nil {
				running <- cmd
			}
		}
	}()
	t.Cleanup(func() {
		close(stop)
		cmd := <-running
		running <- cmd
		system.KillGroup(cmd)
		<-ended
		if t.Failed() {
			t.Logf("the server says:\n%s", said())
		}
		log.Close()
	})
	await(t, func() bool {
		conn, err := net.DialTimeout("tcp", i.address, time.Second)
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, said)
}

func (i *instance) nginx(t *testing.T) []string {
	var b strings.Builder
	fmt.Fprintf(&b, "daemon off; pid %s/pid; error_log stderr;\nevents {}\nhttp {\naccess_log off;\n", i.dir)
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&b, "%s_temp_path %s/%s;\n", kind, i.dir, kind)
	}
	fmt.Fprintf(&b, "server {\nlisten %s ssl;\nserver_name %s;\nssl_certificate %s;\nssl_certificate_key %s;\n}\n}\n", i.address, i.name, i.cert, i.key)
	i.config = write(t, i.dir, "nginx.conf", []byte(b.String()))
	return []string{"/usr/sbin/nginx", "-e", "stderr", "-p", i.dir, "-c", i.config}
}

func (i *instance) apache(t *testing.T) []string {
	const modules = "/usr/lib/apache2/modules/"
	text := fmt.Sprintf("ServerRoot %s\nDefaultRuntimeDir %s\nPidFile pid\nServerName localhost\nErrorLog error.log\nListen %s\n"+
		"LoadModule mpm_event_module %smod_mpm_event.so\nLoadModule ssl_module %smod_ssl.so\n", i.dir, i.dir, i.address, modules, modules)
	if os.Geteuid() == 0 {
		text += "User www-data\nGroup www-data\n"
	}
	text += fmt.Sprintf("<VirtualHost %s>\nServerName %s\nSSLEngine on\nSSLCertificateFile %s\nSSLCertificateKeyFile %s\n</VirtualHost>\n", i.address, i.name, i.cert, i.key)
	i.config = write(t, i.dir, "apache2.conf", []byte(text))
	return []string{"/usr/sbin/apache2", "-DFOREGROUND", "-d", i.dir, "-f", i.config}
}

func (i *instance) haproxy(t *testing.T) []string {
	leaf, key := read(t, i.cert), read(t, i.key)
	crt := write(t, i.dir, "served.pem", leaf, key)
	i.config = write(t, i.dir, "haproxy.cfg", fmt.Appendf(nil,
		"global\n  maxconn 64\ndefaults\n  mode http\n  timeout connect 10s\n  timeout client 10s\n  timeout server 10s\nfrontend tls\n  bind %s ssl crt %s\n  http-request return status 200\n", i.address, crt))
	return []string{"/usr/sbin/haproxy", "-W", "-db", "-f", i.config}
}

func (i *instance) caddy(t *testing.T) []string {
	i.config = write(t, i.dir, "Caddyfile", fmt.Appendf(nil,
		"{\n\tadmin %s\n\tauto_https off\n}\nhttps://%s:%s {\n\tbind %s\n\ttls %s %s\n\trespond ok\n}\n", freeAddress(t), i.name, i.port, i.host(), i.cert, i.key))
	return []string{"/usr/bin/caddy", "run", "--config", i.config, "--adapter", "caddyfile"}
}

func (i *instance) tomcat(t *testing.T) []string {
	for _, dir := range []string{"conf", "logs", "temp", "webapps", "work"} {
		if err := os.MkdirAll(filepath.Join(i.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	store := filepath.Join(i.dir, "keystore.p12")
	out, err := exec.Command("openssl", "pkcs12", "-export", "-name", "tomcat", "-in", i.cert, "-inkey", i.key, "-passout", "pass:"+i.password, "-out", store).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	write(t, filepath.Join(i.dir, "conf"), "server.xml", fmt.Appendf(nil, `<Server port="-1"><Service name="Catalina">
<Connector port="%s" address="%s" SSLEnabled="true"><SSLHostConfig>
<Certificate certificateKeystoreFile="%s" certificateKeystorePassword="%s" certificateKeyAlias="tomcat" type="RSA"/>
</SSLHostConfig></Connector>
<Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps"/></Engine></Service></Server>`, i.port, i.host(), store, i.password))
	return []string{"/bin/bash", "/usr/share/tomcat10/bin/catalina.sh", "run"}
}

func (i *instance) postfix(t *testing.T) []string {
	owner, err := user.Lookup("postfix")
	if err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		t.Skip("postfix starts as root only")
	}
	uid, _ := strconv.Atoi(owner.Uid)
	for _, dir := range []string{"etc", "queue", "data"} {
		if err := os.MkdirAll(filepath.Join(i.dir, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(filepath.Join(i.dir, "data"), uid, -1); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(i.dir), 0o755); err != nil { // its daemons run as postfix, and pass through
		t.Fatal(err)
	}
	etc := filepath.Join(i.dir, "etc")
	t.Cleanup(func() { exec.Command("/usr/sbin/postfix", "-c", etc, "stop").Run() }) // its master leaves our process group
	write(t, etc, "main.cf", fmt.Appendf(nil, "compatibility_level = 3.6\nqueue_directory = %s/queue\ndata_directory = %s/data\ndaemon_directory = /usr/lib/postfix/sbin\n"+
		"command_directory = /usr/sbin\nmyhostname = %s\nmynetworks_style = host\nalias_maps =\nalias_database =\nmaillog_file = %s/maillog\nmaillog_file_prefixes = %s\n"+
		"smtpd_tls_security_level = may\nsmtpd_tls_cert_file = %s\nsmtpd_tls_key_file = %s\nsmtpd_tls_wrappermode = yes\n", i.dir, i.dir, i.name, i.dir, i.dir, i.cert, i.key))
	write(t, etc, "master.cf", fmt.Appendf(nil, `%s inet n - n - - smtpd
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
cleanup unix n - n - 0 cleanup
proxymap unix - - n - - proxymap
`, i.address))
	for _, file := range []string{"main.cf", "master.cf"} {
		if err := os.Chmod(filepath.Join(etc, file), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return []string{"/usr/sbin/postfix", "-c", etc, "start-fg"}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
