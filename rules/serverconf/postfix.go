package serverconf

import (
	"path"
	"slices"
	"strings"
)

// postfix reads a configuration of Postfix from main.cf on, with master.cf
// beside it, or the output of postconf: the certificates of each service that
// speaks TLS as a server.
func postfix(files Files, main string) ([]Use, error) {
	r := &postfixReader{source: source{files: files}, index: make(map[postfixUse]int),
		listed: make(map[postfixListing]bool), served: make(map[Listener]bool), tables: make(map[string][]postfixLine)}
	text, err := r.open(main, nil)
	if err != nil {
		return nil, err
	}
	global := make(settings)
	own := make(map[string]settings) // of postconf -P, by service
	var services []postfixService
	for _, line := range postfixLines(main, text) {
		name, value, isSetting := strings.Cut(line.text, "=")
		name = strings.TrimSpace(name)
		switch words := strings.Fields(line.text); {
		case isSetting && strings.Count(name, "/") == 2:
			at := strings.LastIndexByte(name, '/')
			if own[name[:at]] == nil {
				own[name[:at]] = make(settings)
			}
			own[name[:at]][name[at+1:]] = setting{line.Place, strings.TrimSpace(value)}
		case len(words) >= 8 && !strings.HasPrefix(words[1], "="):
			services = append(services, parseService(line, words))
		case isSetting:
			global[name] = setting{line.Place, strings.TrimSpace(value)}
		}
	}
	master := path.Join(path.Dir(main), "master.cf")
	if len(services) == 0 && len(own) == 0 && main != "-" && r.exists(master) {
		text, err := r.open(master, nil)
		if err != nil {
			return nil, err
		}
		for _, line := range postfixLines(master, text) {
			if words := strings.Fields(line.text); len(words) >= 8 {
				services = append(services, parseService(line, words))
			}
		}
	}
	if len(services) == 0 { // as Postfix comes
		at := Place{File: main, Line: 1}
		services = []postfixService{{Place: at, name: "smtp", kind: "inet", command: "smtpd"}}
		for id := range own {
			if name, kind, _ := strings.Cut(id, "/"); kind == "inet" && name != "smtp" && name != "" {
				services = append(services, postfixService{Place: at, name: name, kind: kind, command: "smtpd"})
			}
		}
		slices.SortFunc(services[1:], func(a, b postfixService) int { return strings.Compare(a.name, b.name) })
	}
	for _, s := range services {
		if s.kind != "inet" || s.command != "smtpd" && s.command != "postscreen" {
			continue
		}
		if err := r.service(s, &parameters{layers: []settings{s.own, own[s.name+"/inet"], global}}); err != nil {
			return nil, err
		}
	}
	return r.uses, nil
}

type postfixReader struct {
	source
	uses   []Use
	index  map[postfixUse]int
	listed map[postfixListing]bool
	served map[Listener]bool        // by some certificate
	tables map[string][]postfixLine // that were read, by their names
}

// A postfixUse is what tells one use from the others.
type postfixUse struct {
	Place
	directive, file string
}

// A postfixListing is a use and the first listener of a service that has it.
type postfixListing struct {
	use     postfixUse
	service Listener
}

// service adds the certificates of one service, to those that others have too.
func (r *postfixReader) service(s postfixService, p *parameters) error {
	at := s.listeners(p)
	if !p.yes("smtpd_tls_wrappermode") && !p.yes("smtpd_use_tls") && !p.yes("smtpd_enforce_tls") {
		if level := p.value("smtpd_tls_security_level"); level != "may" && level != "encrypt" {
			return nil
		}
	}
	if chain := p.find("smtpd_tls_chain_files"); chain.value != "" {
		r.chainFiles(Use{Place: chain.Place, Directive: "smtpd_tls_chain_files"}, at, p.list("smtpd_tls_chain_files"))
	} else {
		for _, kind := range []string{"cert", "dcert", "eccert"} {
			name := "smtpd_tls_" + kind + "_file"
			file := p.value(name)
			if file == "" || file == "none" {
				continue
			}
			use := Use{Place: p.find(name).Place, Directive: name, File: r.absolute(p, file), Key: r.absolute(p, file)}
			if key := p.value("smtpd_tls_" + strings.TrimSuffix(kind, "cert") + "key_file"); key != "" {
				use.Key = r.absolute(p, key)
			}
			r.add(use, at)
		}
	}
	if !r.served[at[0]] {
		r.add(Use{Place: s.Place, Directive: s.name,
			Why: "it may speak TLS and has no smtpd_tls_chain_files, smtpd_tls_cert_file or smtpd_tls_eccert_file: Postfix offers none"}, at)
	}
	return r.sniMaps(at, p)
}

// add adds a use, or the service to the same one of others.
func (r *postfixReader) add(use Use, service []Listener) {
	id := postfixUse{use.Place, use.Directive, use.File}
	listing := postfixListing{id, service[0]}
	known := r.listed[listing]
	r.listed[listing], r.served[service[0]] = true, true
	if i, ok := r.index[id]; ok {
		if !known {
			r.uses[i].Listen = append(r.uses[i].Listen, service...)
		}
		return
	}
	r.index[id] = len(r.uses)
	use.Listen = slices.Clone(service)
	r.uses = append(r.uses, use)
}

// chainFiles adds files that hold keys, each before the certificates that it
// belongs to: in the same file, or in the one before.
func (r *postfixReader) chainFiles(use Use, service []Listener, files []string) {
	for _, file := range files {
		if strings.Contains(file, "$") {
			use.File, use.Why = "", "its value has a variable that the configuration does not set"
			r.add(use, service)
			continue
		}
		text, err := r.files.Read(file)
		key, cert := strings.Index(string(text), "PRIVATE KEY-----"), strings.Index(string(text), "-----BEGIN CERT")
		if err == nil && key >= 0 && cert < 0 {
			use.Key = file
			continue
		}
		use.File, use.Why = file, ""
		switch {
		case use.Key == "" && cert >= 0 && key < cert && key >= 0 || err != nil:
			use.Key = file
		case use.Key == "" && key < 0:
			use.File, use.Why = "", file+" has no key, and none stands in the file before it: Postfix does not load it"
		case use.Key == "":
			use.File, use.Why = "", file+" has its key behind the certificate: Postfix does not load it, the key comes first"
		}
		r.add(use, service)
		use.Key = ""
	}
}

func (r *postfixReader) absolute(p *parameters, file string) string {
	queue := p.value("queue_directory")
	if queue == "" {
		queue = "/var/spool/postfix"
	}
	return inside(queue, file)
}

// mapTypes are the lookup tables whose text names the files.
var mapTypes = []string{"hash", "btree", "lmdb", "cdb", "dbm", "sdbm", "texthash"}

// sniMaps adds the certificates for names that clients ask for.
func (r *postfixReader) sniMaps(service []Listener, p *parameters) error {
	for _, table := range p.list("tls_server_sni_maps") {
		at := p.find("tls_server_sni_maps").Place
		kind, file, ok := strings.Cut(table, ":")
		if !ok || !slices.Contains(mapTypes, kind) {
			r.add(Use{Place: at, Directive: "tls_server_sni_maps", Why: table + " is a kind of table that is not read"}, service)
			continue
		}
		lines, known := r.tables[file]
		if !known {
			text, err := r.open(file, nil)
			if err != nil {
				return err
			}
			lines = postfixLines(file, text)
			r.tables[file] = lines
		}
		for _, line := range lines {
			words := strings.FieldsFunc(line.text, isPostfixSpace)
			if len(words) == 0 { // nothing but commas
				continue
			}
			use := Use{Place: line.Place, Directive: "tls_server_sni_maps"}
			if !isPattern(words[0]) {
				use.Names = words[:1]
			}
			r.chainFiles(use, service, words[1:])
			if len(r.uses) > maxUses {
				return tooMany(line.Place)
			}
		}
	}
	return nil
}
