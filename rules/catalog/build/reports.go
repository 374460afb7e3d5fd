package build

import (
	"fmt"
	"net/url"
	"strings"

	"tlschain/rules/catalog"
)

// CCADBHome is where CCADB publishes its reports (https://www.ccadb.org/resources).
const CCADBHome = "https://ccadb.my.salesforce-sites.com/ccadb"

// firstYear is that of the oldest certificate in CCADB.
const firstYear = 1994

// Reports gives the addresses of CCADB's reports of all certificates up to a
// year, by year, under home.
func Reports(home string, until int) ([]string, error) {
	u, err := url.Parse(home)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, fmt.Errorf("%.200q is no address of CCADB's reports: type %s, or the path of a directory", home, CCADBHome)
	}
	var out []string
	for year := firstYear; year <= until; year++ {
		out = append(out, fmt.Sprintf("%s/AllCertificatePEMsCSVFormat?NotBeforeYear=%d", strings.TrimRight(home, "/"), year))
	}
	return out, nil
}

// CCADBSource is the source of CCADB's reports of some date.
func CCADBSource(date string) catalog.Source {
	return catalog.Source{
		Name: "CCADB", Date: date, Terms: "CDLA-Permissive-2.0", URL: "https://www.ccadb.org/resources",
	}
}
