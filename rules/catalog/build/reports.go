package build

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/tlschain/tlschain/rules/catalog"
)

// CCADBHome is where CCADB publishes its reports (https://www.ccadb.org/resources).
const CCADBHome = "https://ccadb.my.salesforce-sites.com/ccadb"

const ccadbName = "CCADB"

// ccadbSource is the source of CCADB's reports of some date.
func ccadbSource(date string) catalog.Source {
	return catalog.Source{
		Name: ccadbName, Date: date, Terms: "CDLA-Permissive-2.0", URL: "https://www.ccadb.org/resources",
	}
}

// firstYear is that of the oldest certificate in CCADB.
const firstYear = 1994

// A Report is one of CCADB's reports.
type Report struct {
	URL  string
	Name string // of the file under which Dir knows it
}

// Reports gives CCADB's reports of all certificates up to a year, by year, as
// published under home: CCADBHome or a mirror.
func Reports(home string, until int) ([]Report, error) {
	u, err := url.Parse(home)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, fmt.Errorf("%.200q is no address of CCADB's reports: type %s, or the path of a directory", home, CCADBHome)
	}
	var out []Report
	for year := firstYear; year <= until; year++ {
		out = append(out, Report{
			URL:  fmt.Sprintf("%s/AllCertificatePEMsCSVFormat?NotBeforeYear=%d", strings.TrimRight(home, "/"), year),
			Name: fmt.Sprintf("ccadb/%d.csv", year),
		})
	}
	return out, nil
}
