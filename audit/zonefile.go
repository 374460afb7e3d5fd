package audit

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/miekg/dns"
)

// A ZoneFile is a DNS zone file (RFC 1035 section 5). Every name in it that has an
// A, AAAA or CNAME record is a target; wildcards and names with an underscore
// are no hosts.
type ZoneFile struct {
	File   string `yaml:"file"`
	Origin string `yaml:"origin"` // where the file has no $ORIGIN
}

// maxZone bounds the names of one zone, in bytes: a $GENERATE of thirty bytes stands
// for 65,536.
const maxZone = 64 << 20

// open reads the whole zone: a file with a mistake gives an error and no
// targets, for half a zone would make the other half look gone. $INCLUDE is not
// followed.
func (z ZoneFile) open(dir string) (io.Reader, func() error, error) {
	file, err := openRegular(inDir(dir, z.File))
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	parser := dns.NewZoneParser(file, dns.Fqdn(z.Origin), z.File)
	var names strings.Builder
	last := map[string]bool{}
	for record, ok := parser.Next(); ok; record, ok = parser.Next() {
		switch record.Header().Rrtype {
		case dns.TypeA, dns.TypeAAAA, dns.TypeCNAME:
		default:
			continue
		}
		name := strings.ToLower(strings.TrimSuffix(record.Header().Name, "."))
		if name == "" || strings.ContainsAny(name, "*_\\") || last[name] {
			continue
		}
		last[name] = true
		names.WriteString(name + "\n")
		if names.Len() > maxZone {
			return nil, nil, fmt.Errorf("its names have more than %d MiB: write it in parts", maxZone>>20)
		}
	}
	if err := parser.Err(); err != nil {
		return nil, nil, err
	}
	if names.Len() == 0 {
		return nil, nil, errors.New("no name in it has an A, AAAA or CNAME record; without $ORIGIN in the file, origin must be given")
	}
	return strings.NewReader(names.String()), func() error { return nil }, nil
}
