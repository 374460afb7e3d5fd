package kubernetes

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/pem"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Targets lists the hosts of Ingresses and Gateways that present a TLS Secret,
// as a CSV list of targets. Each expects the certificate of its Secret, and is
// asked at the address of its load balancer, where that is known.
func (c *Cluster) Targets(ctx context.Context) ([]byte, error) {
	t := &targetWriter{leaves: make(map[string]string)}
	t.csv = csv.NewWriter(&t.list)
	t.csv.Write([]string{"host", "port", "server_name", "address", "tags", "expect_sha256"})
	err := c.Secrets(ctx, func(s Secret) error {
		if block := firstCertificate(s.Cert); block != nil {
			t.leaves[s.Namespace+"/"+s.Name] = fmt.Sprintf("%x", sha256.Sum256(block))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := list(ctx, c, "apis/networking.k8s.io/v1", "ingresses", nil, t.ingress); err != nil && !errors.Is(err, errAbsent) {
		return nil, err
	}
	if err := list(ctx, c, "apis/gateway.networking.k8s.io/v1", "gateways", nil, t.gateway); err != nil && !errors.Is(err, errAbsent) {
		return nil, err
	}
	t.csv.Flush()
	return t.list.Bytes(), t.csv.Error()
}

func firstCertificate(text []byte) []byte {
	for {
		block, rest := pem.Decode(text)
		if block == nil || block.Type == "CERTIFICATE" {
			if block == nil {
				return nil
			}
			return block.Bytes
		}
		text = rest
	}
}

type targetWriter struct {
	list   bytes.Buffer
	csv    *csv.Writer
	leaves map[string]string // SHA-256 of the leaf, by namespace/name of the Secret
}

// add writes a host. One that is a wildcard stands for a name that it covers,
// and has to have an address.
func (t *targetWriter) add(host string, port int, address, object, secret string) {
	name := host
	if rest, is := strings.CutPrefix(host, "*."); is {
		name = "www." + rest
	}
	if name == "" || name != host && address == "" {
		return
	}
	connect := name
	if addr, err := netip.ParseAddr(address); err == nil {
		address = addr.String()
	} else {
		if address != "" {
			connect = address // the load balancer's own name
		}
		address = ""
	}
	tags := "object=" + object
	if secret != "" {
		tags += ";secret=" + secret
	}
	t.csv.Write([]string{connect, fmt.Sprint(port), name, address, tags, t.leaves[secret]})
}

type ingress struct {
	Metadata meta `json:"metadata"`
	Spec     struct {
		TLS []struct {
			Hosts      []string `json:"hosts"`
			SecretName string   `json:"secretName"`
		} `json:"tls"`
		Rules []struct {
			Host string `json:"host"`
		} `json:"rules"`
	} `json:"spec"`
	Status struct {
		LoadBalancer struct {
			Ingress []struct {
				IP       string `json:"ip"`
				Hostname string `json:"hostname"`
			} `json:"ingress"`
		} `json:"loadBalancer"`
	} `json:"status"`
}

func (t *targetWriter) ingress(i ingress) error {
	address := ""
	if at := i.Status.LoadBalancer.Ingress; len(at) > 0 {
		if address = at[0].IP; address == "" {
			address = at[0].Hostname
		}
	}
	object := "ingress/" + i.Metadata.Namespace + "/" + i.Metadata.Name
	var forRules []string // Secrets without hosts
	for _, tls := range i.Spec.TLS {
		if len(tls.Hosts) == 0 {
			forRules = append(forRules, tls.SecretName)
		}
		for _, host := range tls.Hosts {
			t.add(host, 443, address, object, i.Metadata.Namespace+"/"+tls.SecretName)
		}
	}
	if len(forRules) == 0 {
		return nil
	}
	secret := "" // of several, the names in them decide
	if len(forRules) == 1 {
		secret = i.Metadata.Namespace + "/" + forRules[0]
	}
	for _, rule := range i.Spec.Rules {
		t.add(rule.Host, 443, address, object, secret)
	}
	return nil
}

type gateway struct {
	Metadata meta `json:"metadata"`
	Spec     struct {
		Listeners []struct {
			Hostname string `json:"hostname"`
			Port     int    `json:"port"`
			Protocol string `json:"protocol"`
			TLS      struct {
				Mode         string `json:"mode"`
				Certificates []meta `json:"certificateRefs"`
			} `json:"tls"`
		} `json:"listeners"`
	} `json:"spec"`
	Status struct {
		Addresses []struct {
			Value string `json:"value"`
		} `json:"addresses"`
	} `json:"status"`
}

func (t *targetWriter) gateway(g gateway) error {
	address := ""
	if at := g.Status.Addresses; len(at) > 0 {
		address = at[0].Value
	}
	for _, l := range g.Spec.Listeners {
		if l.Protocol != "HTTPS" && l.Protocol != "TLS" || l.TLS.Mode == "Passthrough" || len(l.TLS.Certificates) == 0 {
			continue
		}
		secret := l.TLS.Certificates[0]
		if secret.Namespace == "" {
			secret.Namespace = g.Metadata.Namespace
		}
		t.add(l.Hostname, l.Port, address, "gateway/"+g.Metadata.Namespace+"/"+g.Metadata.Name, secret.Namespace+"/"+secret.Name)
	}
	return nil
}
