package reports

import (
	"io"
	"maps"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// cyclonedxWriter writes a cryptography bill of materials (CycloneDX 1.6,
// ECMA-424): each presented certificate, key and algorithm once, each endpoint
// as a service, and which service uses which certificate. It holds what is
// distinct until the end; endpoints without a chain are left out.
type cyclonedxWriter struct {
	w          io.Writer
	header     Header
	components map[string]cdx.Component
	depends    map[string][]string
	services   map[string]cdx.Service
}

func newCycloneDX(w io.Writer, _ Options) (Writer, error) {
	return &cyclonedxWriter{w: w, components: map[string]cdx.Component{}, depends: map[string][]string{},
		services: map[string]cdx.Service{}}, nil
}

func (c *cyclonedxWriter) Begin(h Header) error {
	c.header = h
	return nil
}

func (c *cyclonedxWriter) Endpoint(e *Endpoint) error {
	if e.Status == Failed {
		return nil
	}
	ref := "endpoint:" + e.Name()
	if e.Address != "" {
		ref += ":" + e.Address
	}
	s := cdx.Service{BOMRef: ref, Name: e.Name()}
	if e.Host != "" {
		s.Endpoints = &[]string{"tls://" + net.JoinHostPort(e.Host, strconv.Itoa(int(e.Port)))}
	}
	if e.Handshake != nil && e.Handshake.TLSVersion != "" {
		s.Properties = &[]cdx.Property{
			{Name: "tlschain:tls_version", Value: e.Handshake.TLSVersion},
			{Name: "tlschain:cipher_suite", Value: e.Handshake.CipherSuite},
		}
	}
	c.services[ref] = s
	for i := range e.Chain {
		if cert := &e.Chain[i]; !cert.SPKISHA256.IsZero() { // else it could not be read
			c.use(ref, c.certificate(cert))
		}
	}
	return nil
}

// use notes that one thing is made with another.
func (c *cyclonedxWriter) use(ref, used string) {
	if !slices.Contains(c.depends[ref], used) {
		c.depends[ref] = append(c.depends[ref], used)
	}
}

func (c *cyclonedxWriter) certificate(x *Certificate) string {
	ref := "certificate:" + x.SHA256.String()
	if _, known := c.components[ref]; known {
		return ref
	}
	key, algorithm := c.key(x), c.algorithm(x.SignatureAlgorithm)
	c.add(ref, ShortName(x.Subject), &cdx.CryptoProperties{
		AssetType: cdx.CryptoAssetTypeCertificate,
		CertificateProperties: &cdx.CertificateProperties{
			SubjectName: x.Subject, IssuerName: x.Issuer,
			NotValidBefore: x.NotBefore.UTC().Format(time.RFC3339), NotValidAfter: x.NotAfter.UTC().Format(time.RFC3339),
			SignatureAlgorithmRef: cdx.BOMReference(algorithm), SubjectPublicKeyRef: cdx.BOMReference(key),
			CertificateFormat: "X.509",
		},
	})
	one := c.components[ref]
	one.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: x.SHA256.String()}}
	c.components[ref] = one
	c.use(ref, key)
	c.use(ref, algorithm)
	return ref
}

func (c *cyclonedxWriter) key(x *Certificate) string {
	ref := "key:" + x.SPKISHA256.String()
	if _, known := c.components[ref]; known {
		return ref
	}
	kind, _, _ := strings.Cut(x.Key, " ")
	algorithm := c.algorithm(kind)
	c.add(ref, x.Key, &cdx.CryptoProperties{
		AssetType: cdx.CryptoAssetTypeRelatedCryptoMaterial,
		RelatedCryptoMaterialProperties: &cdx.RelatedCryptoMaterialProperties{
			Type: cdx.RelatedCryptoMaterialTypePublicKey, ID: x.SPKISHA256.String(), AlgorithmRef: cdx.BOMReference(algorithm), Size: keyBits(x.Key),
		},
	})
	c.use(ref, algorithm)
	return ref
}

func (c *cyclonedxWriter) algorithm(name string) string {
	ref := "algorithm:" + name
	if _, known := c.components[ref]; !known {
		level := quantumLevel(name)
		c.add(ref, name, &cdx.CryptoProperties{
			AssetType: cdx.CryptoAssetTypeAlgorithm,
			AlgorithmProperties: &cdx.CryptoAlgorithmProperties{
				Primitive:                cdx.CryptoPrimitiveSignature,
				CryptoFunctions:          &[]cdx.CryptoFunction{cdx.CryptoFunctionVerify},
				NistQuantumSecurityLevel: &level,
			},
		})
	}
	return ref
}

func (c *cyclonedxWriter) add(ref, name string, properties *cdx.CryptoProperties) {
	c.components[ref] = cdx.Component{BOMRef: ref, Type: cdx.ComponentTypeCryptographicAsset, Name: name, CryptoProperties: properties}
}

// quantumLevel is the NIST security category of an algorithm (FIPS 204, table
// 1); 0: a quantum computer breaks it.
func quantumLevel(algorithm string) int {
	switch algorithm {
	case "ML-DSA-44":
		return 2
	case "ML-DSA-65":
		return 3
	case "ML-DSA-87":
		return 5
	}
	return 0
}

var keySize = regexp.MustCompile(`^(?:RSA|DSA|EC)\S* \D*([0-9]{3,5})`)

// keyBits reads a key's size in bits from its name, such as RSA 2048 or EC
// P-256; nil where the name has none.
func keyBits(key string) *int {
	match := keySize.FindStringSubmatch(key)
	if match == nil {
		return nil
	}
	n, err := strconv.Atoi(match[1])
	if err != nil {
		return nil
	}
	return &n
}

func (c *cyclonedxWriter) End(Summary) error {
	// EncodeVersion would make applications of cryptographic assets, and lose
	// what is 0 (cyclonedx-go v0.12.0).
	bom := cdx.NewBOM()
	bom.SpecVersion, bom.JSONSchema = cdx.SpecVersion1_6, "http://cyclonedx.org/schema/bom-1.6.schema.json"
	bom.Metadata = &cdx.Metadata{Tools: &cdx.ToolsChoice{Components: &[]cdx.Component{{
		Type: cdx.ComponentTypeApplication, Name: c.header.Tool.Name, Version: c.header.Tool.Version,
	}}}}
	if !c.header.StartedAt.IsZero() {
		bom.Metadata.Timestamp = c.header.StartedAt.UTC().Format(time.RFC3339)
	}
	components, services, dependencies := sorted(c.components), sorted(c.services), []cdx.Dependency{}
	for _, ref := range sortedKeys(c.depends) {
		dependencies = append(dependencies, cdx.Dependency{Ref: ref, Dependencies: new(c.depends[ref])})
	}
	bom.Components, bom.Services, bom.Dependencies = &components, &services, &dependencies
	encoder := cdx.NewBOMEncoder(c.w, cdx.BOMFileFormatJSON)
	encoder.SetPretty(true)
	return encoder.Encode(bom)
}

// sorted gives the values of a map in the order of its keys, and never null.
func sorted[V any](m map[string]V) []V {
	out := make([]V, 0, len(m))
	for _, k := range sortedKeys(m) {
		out = append(out, m[k])
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
