package kubernetes

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// account is where a pod finds the account that it runs as.
var account = "/var/run/secrets/kubernetes.io/serviceaccount"

const maxConfig = 4 << 20

// A kubeconfig is what is read of one.
type kubeconfig struct {
	Current  string `yaml:"current-context"`
	Contexts []struct {
		Name    string `yaml:"name"`
		Context struct {
			Cluster   string `yaml:"cluster"`
			User      string `yaml:"user"`
			Namespace string `yaml:"namespace"`
		} `yaml:"context"`
	} `yaml:"contexts"`
	Clusters []struct {
		Name    string        `yaml:"name"`
		Cluster clusterConfig `yaml:"cluster"`
	} `yaml:"clusters"`
	Users []struct {
		Name string     `yaml:"name"`
		User userConfig `yaml:"user"`
	} `yaml:"users"`
}

type clusterConfig struct {
	Server     string `yaml:"server"`
	CAFile     string `yaml:"certificate-authority"`
	CA         string `yaml:"certificate-authority-data"`
	ServerName string `yaml:"tls-server-name"`
	Insecure   bool   `yaml:"insecure-skip-tls-verify"`
	Proxy      string `yaml:"proxy-url"`
}

type userConfig struct {
	Token     string `yaml:"token"`
	TokenFile string `yaml:"tokenFile"`
	CertFile  string `yaml:"client-certificate"`
	Cert      string `yaml:"client-certificate-data"`
	KeyFile   string `yaml:"client-key"`
	Key       string `yaml:"client-key-data"`
	Exec      any    `yaml:"exec"`
	Provider  any    `yaml:"auth-provider"`
	Username  string `yaml:"username"`
}

// Open finds a cluster by its name, k8s://, k8s://CONTEXT or
// k8s://CONTEXT/NAMESPACE: in the first file of KUBECONFIG or in ~/.kube/config,
// and without either, in a pod, its own.
func Open(name string, getenv func(string) string) (*Cluster, error) {
	context, namespace, _ := strings.Cut(strings.TrimPrefix(name, Scheme), "/")
	file := filepath.SplitList(getenv("KUBECONFIG"))
	if len(file) == 0 {
		file = []string{filepath.Join(getenv("HOME"), ".kube", "config")}
		if _, err := os.Stat(file[0]); err != nil && getenv("KUBERNETES_SERVICE_HOST") != "" && context == "" {
			return inCluster(getenv, namespace)
		}
	}
	text, err := readFile(file[0])
	if err != nil {
		return nil, fmt.Errorf("kubeconfig %w", err)
	}
	c, err := parse(text, context, filepath.Dir(file[0]))
	if err != nil {
		return nil, fmt.Errorf("kubeconfig %s: %w", file[0], err)
	}
	c.namespace = namespace
	return c, nil
}

func inCluster(getenv func(string) string, namespace string) (*Cluster, error) {
	token, err := readFile(filepath.Join(account, "token"))
	if err != nil {
		return nil, fmt.Errorf("the pod has no account: %w", err)
	}
	host := net.JoinHostPort(getenv("KUBERNETES_SERVICE_HOST"), getenv("KUBERNETES_SERVICE_PORT"))
	at := clusterConfig{Server: "https://" + host, CAFile: "ca.crt"}
	c, err := dial(at, userConfig{Token: string(token)}, account)
	if err == nil {
		c.namespace = namespace
	}
	return c, err
}

// parse reads a kubeconfig for one of its contexts; relative names in it are
// those of its folder.
func parse(text []byte, context, folder string) (*Cluster, error) {
	var k kubeconfig
	if err := yaml.Unmarshal(text, &k); err != nil {
		return nil, errors.New("it is no YAML of a kubeconfig") // the reader's own words quote the file, which has secrets
	}
	if context == "" {
		context = k.Current
	}
	for _, c := range k.Contexts {
		if c.Name != context {
			continue
		}
		for _, cluster := range k.Clusters {
			if cluster.Name != c.Context.Cluster {
				continue
			}
			var user userConfig
			for _, u := range k.Users {
				if u.Name == c.Context.User {
					user = u.User
				}
			}
			return dial(cluster.Cluster, user, folder)
		}
		return nil, fmt.Errorf("the context %q has a cluster that is not in it", context)
	}
	return nil, fmt.Errorf("there is no context %q", context)
}

func dial(at clusterConfig, user userConfig, folder string) (*Cluster, error) {
	server, err := url.Parse(at.Server)
	switch {
	case err != nil || server.Host == "":
		return nil, errors.New("the cluster has no server")
	case at.Insecure:
		return nil, errors.New("the cluster's certificate would not be verified (insecure-skip-tls-verify): name its CA by certificate-authority")
	case server.Scheme == "http" && !isLoopback(server.Hostname()), server.Scheme != "http" && server.Scheme != "https":
		return nil, errors.New("the cluster's server is no https:// URL")
	case user.Exec != nil || user.Provider != nil:
		return nil, errors.New("the user logs in by a program, which is not run: give a user with the token that `kubectl create token` prints")
	case user.Username != "":
		return nil, errors.New("the user logs in by a password, which Kubernetes no longer takes")
	}
	config := &tls.Config{ServerName: at.ServerName, MinVersion: tls.VersionTLS12}
	ca, err := bytesOf(at.CA, at.CAFile, folder)
	if err != nil {
		return nil, fmt.Errorf("certificate-authority: %w", err)
	}
	if ca != nil {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(ca) {
			return nil, errors.New("certificate-authority: there is no certificate in it")
		}
	}
	cert, err := bytesOf(user.Cert, user.CertFile, folder)
	if err != nil {
		return nil, fmt.Errorf("client-certificate: %w", err)
	}
	key, err := bytesOf(user.Key, user.KeyFile, folder)
	if err != nil {
		return nil, fmt.Errorf("client-key: %w", err)
	}
	if cert != nil {
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return nil, errors.New("client-certificate and client-key are no pair")
		}
		config.Certificates = []tls.Certificate{pair}
	}
	token := []byte(user.Token)
	if len(token) == 0 && user.TokenFile != "" {
		if token, err = readNamed(within(folder, user.TokenFile)); err != nil {
			return nil, fmt.Errorf("tokenFile: %w", err)
		}
	}
	transport := &http.Transport{TLSClientConfig: config, Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	if at.Proxy != "" {
		proxy, err := url.Parse(at.Proxy)
		if err != nil {
			return nil, errors.New("proxy-url is no URL")
		}
		transport.Proxy = http.ProxyURL(proxy)
	}
	refuse := func(*http.Request, []*http.Request) error { return errors.New("the cluster sends us elsewhere") }
	return &Cluster{server: strings.TrimSuffix(at.Server, "/"), token: strings.TrimSpace(string(token)),
		client: &http.Client{Transport: transport, CheckRedirect: refuse}}, nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}
