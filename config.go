package tlschain

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/fix"
)

// A Config says how to scan and how to judge. The zero value is what
// tlschain scan does without flags.
//
// It holds what people write, in the types in which they mean it: the command
// line fills it from flags, and a group of tlschain.yaml is one. [Options] pairs
// the three. Files are named, and read by [New].
type Config struct {
	// What is judged by.
	Clients    []string  `yaml:"clients"`     // clients and groups of clients; none: broad, or those of ClientFile
	ClientFile string    `yaml:"client_file"` // file that describes more clients
	Roots      string    `yaml:"roots"`       // file that replaces every trust store
	AddRoots   string    `yaml:"add_roots"`   // file that is added to every trust store
	Pool       []string  `yaml:"pool"`        // files and folders of further CA certificates
	Catalog    string    `yaml:"catalog"`     // file that describes one more CA's products
	Policy     string    `yaml:"policy"`      // file of severities by rule and endpoint
	Waivers    string    `yaml:"waivers"`     // file of findings that are accepted
	Distrust   string    `yaml:"distrust"`    // file of certificates, keys and names that are no longer trusted
	Expect     string    `yaml:"expect"`      // file that begins with the certificate that should be served
	At         time.Time `yaml:"-"`           // zero: as of now

	// Where issuers that were not sent may be fetched.
	AIA      bool     `yaml:"aia"`
	AIAAllow []string `yaml:"aia_allow"` // networks that are not public

	Revocation bool `yaml:"revocation"` // fetch the CRLs, and ask the OCSP responders, that certificates name

	// What targets leave open.
	Ports      []uint16 `yaml:"ports"`       // where a target names none; none: 443
	ServerName string   `yaml:"server_name"` // for all targets

	MaxAddresses int `yaml:"max_addresses"` // that one network may stand for; 0: 65,536

	// How targets are reached.
	AllAddresses  bool     `yaml:"all_addresses"`  // each address of a name is an endpoint
	Family        string   `yaml:"family"`         // "4" or "6"; empty: both
	Variants      []string `yaml:"variants"`       // further handshakes: sni, key, version, quic
	Fast          bool     `yaml:"fast"`           // stop handshakes after the certificates
	Proxy         string   `yaml:"proxy"`          // URL, or none; empty: by the environment
	ProxyProtocol string   `yaml:"proxy_protocol"` // v1 or v2: the header that load balancers send
	Resolve       []string `yaml:"resolve"`        // HOST:ADDRESS
	DNS           string   `yaml:"dns"`            // name server: address, or address:port
	Source        string   `yaml:"source"`         // address of this machine to connect from
	Exclude       string   `yaml:"exclude"`        // file of hosts and networks that are left alone
	DANE          bool     `yaml:"dane"`           // look up TLSA records at DNS, which is trusted to validate
	ClientCert    string   `yaml:"client_cert"`    // PEM file shown to servers that ask for a certificate
	ClientKey     string   `yaml:"client_key"`     // its private key; empty: it is in ClientCert
	PEM           bool     `yaml:"-"`              // endpoints have the bytes of their certificates
	Pace          Pace     `yaml:"-"`              // audit reads it: a duration there may be written in days

	// How fixes are chosen.
	Prefer   fix.Preference `yaml:"-"`
	WithRoot bool           `yaml:"-"`
}

// Pace is how hard targets are scanned. It changes no verdict.
type Pace struct {
	Concurrency int           // connections at once; 0: 256
	Rate        float64       // connections begun a second; 0: no limit
	PerHost     int           // connections at once to one address; 0: 4; below 0: no limit
	Retries     int           // further attempts after a failure that may pass
	Timeout     time.Duration // of a whole attempt at one address; 0: 10 s
}

// Validate finds what is wrong with a Config in itself, without reading a file.
// Its error is a [FieldError].
func (c *Config) Validate() error {
	if err := c.Pace.validate(); err != nil {
		return err
	}
	if c.Prefer != "" && c.Prefer != fix.Minimal && c.Prefer != fix.Widest {
		return fieldf("Prefer", "{Prefer} %q: type minimal or widest", c.Prefer)
	}
	if c.MaxAddresses < 0 {
		return fieldf("MaxAddresses", "{MaxAddresses} %d: type a number of addresses", c.MaxAddresses)
	}
	if slices.Contains(c.Ports, 0) {
		return fieldf("Ports", `{Ports} "0": type numbers from 1 to 65535, with commas between`)
	}
	if c.DANE && c.DNS == "" {
		return fieldf("DANE", "{DANE} trusts what a resolver says of DNSSEC, so it must be named").
			hintf("add {DNS} 127.0.0.1 if a resolver that validates runs there")
	}
	if _, err := c.fetcher(); err != nil {
		return err
	}
	_, err := c.network(func(string) string { return "" })
	return err
}

func (p *Pace) validate() error {
	switch {
	case p.Concurrency < 0:
		return fieldf("Pace.Concurrency", "{Pace.Concurrency} %d: there must be at least one connection: type 1 or more", p.Concurrency)
	case p.Rate < 0:
		return fieldf("Pace.Rate", "{Pace.Rate} %v: type connections a second, or 0 for no limit", p.Rate)
	case p.Retries < 0:
		return fieldf("Pace.Retries", "{Pace.Retries} %d: type 0 or more", p.Retries)
	case p.Timeout < 0:
		return fieldf("Pace.Timeout", "{Pace.Timeout} %v: type a time above zero, such as 5s", p.Timeout)
	}
	return nil
}

// Hash is the same for two Configs by which every target is judged alike: all of
// a Config but its [Pace] counts. A journal is known by it.
func (c *Config) Hash() cert.Hash {
	judged := *c
	judged.Pace = Pace{}
	judged.At = judged.At.UTC()
	text, err := json.Marshal(judged)
	if err != nil {
		panic(err) // texts, numbers and a date
	}
	return sha256.Sum256(text)
}
