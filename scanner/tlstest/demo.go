package tlstest

import (
	"strings"
	"time"
)

// An Endpoint of the demo is a server with a typical fault.
type Endpoint struct {
	Name     string // the name it serves, and is asked for by
	Fault    string // what is wrong with it, in a few words; empty: nothing
	Identity Identity
	Anchors  [][]byte // what the demo's clients trust; the same for all
	Pool     [][]byte // the CA's further certificates; the same for all
}

// demoHierarchy is a CA with a past: its first root has gone, its second is
// what clients trust, its third is new and leans on a cross-certificate.
const demoHierarchy = `
root R1 subject="C=XX,O=Fjordvik Trust Services,CN=Fjordvik Root CA 1" from=-7000d to=-120d
root R2 subject="C=XX,O=Fjordvik Trust Services,CN=Fjordvik Root CA 2" from=-4000d to=+5000d
root R3 subject="C=XX,O=Fjordvik Trust Services,CN=Fjordvik Root CA 3" from=-400d to=+8000d
cross X2 of R2 by R1 from=-3900d to=-120d
cross X3 of R3 by R2 from=-390d to=+3000d
ca I2 by R2 subject="C=XX,O=Fjordvik Trust Services,CN=Fjordvik TLS CA" from=-1200d to=+2400d
copy OTHER of I2 newkey from=-3000d to=+900d
ca I3 by R3 subject="C=XX,O=Fjordvik Trust Services,CN=Fjordvik TLS CA 2" from=-380d to=+3000d

root ALIEN subject="C=XX,O=Kestrel Hosting,CN=Kestrel Hosting CA" from=-2000d to=+2000d
root OWN subject="C=XX,O=Grønnfjell Kommune,CN=Grønnfjell Internal Root" from=-2000d to=+5000d
ca OWNI by OWN subject="C=XX,O=Grønnfjell Kommune,CN=Grønnfjell Internal Servers" from=-900d to=+900d

leaf good by I2 san=www.fjordvik-trust.example from=-30d to=+60d
leaf bakery by I2 san=www.bakery.example from=-30d to=+60d
leaf ferry by I3 san=tickets.ferry.example from=-30d to=+60d
leaf museum by I2 san=www.museum.example from=-30d to=+60d
leaf bank by I2 san=netbank.sparebank.example from=-30d to=+60d
leaf school by I3 san=login.school.example from=-30d to=+60d
leaf news by I2 san=www.morning-news.example from=-30d to=+60d
leaf hotel by I2 san=booking.hotel.example from=-30d to=+60d
leaf library by I2 san=catalogue.library.example from=-30d to=+60d
leaf clinic by I2 san=portal.clinic.example from=-93d to=-3d
leaf theatre by I2 san=old.theatre.example from=-30d to=+60d
leaf printer san=printer.office.example from=-700d to=+3000d
leaf intranet by OWNI san=intranet.gronnfjell.example from=-30d to=+300d
present good I2
`

// Demo makes the demo's endpoints as of a time: the good one first, then one
// for each fault that administrators typically make.
func Demo(now time.Time) ([]Endpoint, error) {
	r, err := ParseRecipe("demo", "at "+now.UTC().Format(time.RFC3339)+demoHierarchy)
	if err != nil {
		return nil, err
	}
	list := func(names ...string) (entries [][]byte) {
		for _, name := range names {
			entries = append(entries, r.Cert(name))
		}
		return entries
	}
	anchors, pool := list("R2"), list("I2", "I3", "X3", "R3")
	var endpoints []Endpoint
	for _, e := range []struct{ name, fault, present string }{
		{"www.fjordvik-trust.example", "", "good I2"},
		{"www.bakery.example", "sends the leaf only", "bakery"},
		{"tickets.ferry.example", "sends the intermediates in reverse order", "ferry X3 I3"},
		{"www.museum.example", "sends the root too", "museum I2 R2"},
		{"netbank.sparebank.example", "sends an intermediate of the right name and the wrong key", "bank OTHER"},
		{"login.school.example", "does not send the cross-certificate of a new root", "school I3"},
		{"www.morning-news.example", "still sends an expired cross-certificate", "news I2 X2"},
		{"booking.hotel.example", "sends a CA certificate of its former hoster", "hotel I2 ALIEN"},
		{"catalogue.library.example", "sends the leaf twice", "library library I2"},
		{"portal.clinic.example", "forgot to renew", "clinic I2"},
		{"www.theatre.example", "is known by a name that the certificate lacks", "theatre I2"},
		{"printer.office.example", "signed its certificate itself", "printer"},
		{"intranet.gronnfjell.example", "belongs to a private CA", "intranet OWNI OWN"},
	} {
		names := strings.Fields(e.present)
		endpoints = append(endpoints, Endpoint{
			Name: e.name, Fault: e.fault, Anchors: anchors, Pool: pool,
			Identity: Identity{Entries: list(names...), Key: r.certs[names[0]].Key},
		})
	}
	return endpoints, nil
}
