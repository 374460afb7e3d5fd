package reports

import (
	"io"
	"maps"
	"slices"
	"time"
)

// parquetRow is one endpoint as a row of Apache Parquet: the columns of csv by
// the same names, with types. What an endpoint does not have is null or empty.
type parquetRow struct {
	Target           string       `parquet:"target"`
	Host             string       `parquet:"host"`
	Port             *int32       `parquet:"port"`
	ServerName       string       `parquet:"server_name"`
	Address          string       `parquet:"address"`
	STARTTLS         string       `parquet:"starttls,dict"`
	Transport        string       `parquet:"transport,dict"`
	Status           string       `parquet:"status,dict"`
	Error            string       `parquet:"error,dict"`
	Severity         string       `parquet:"severity,dict"`
	Presentation     string       `parquet:"presentation,dict"`
	Rules            []string     `parquet:"rules,list,dict"`
	Waived           []string     `parquet:"waived,list,dict"`
	Product          string       `parquet:"product,dict"`
	Certificates     int32        `parquet:"certificates"`
	Subject          string       `parquet:"subject"`
	Issuer           string       `parquet:"issuer,dict"`
	Serial           string       `parquet:"serial"`
	SHA256           string       `parquet:"sha256"`
	NotBefore        *time.Time   `parquet:"not_before,timestamp(millisecond)"`
	NotAfter         *time.Time   `parquet:"not_after,timestamp(millisecond)"`
	Key              string       `parquet:"key,dict"`
	Missing          []string     `parquet:"missing,list,dict"`
	ClientsAccepting int32        `parquet:"clients_accepting"`
	ClientsRefusing  int32        `parquet:"clients_refusing"`
	RefusedBy        []string     `parquet:"refused_by,list,dict"`
	BundleSHA256     string       `parquet:"bundle_sha256,dict"`
	FirstSeen        *time.Time   `parquet:"first_seen,timestamp(millisecond)"` // of exports of several audits
	LastSeen         *time.Time   `parquet:"last_seen,timestamp(millisecond)"`
	SeenAt           *time.Time   `parquet:"seen_at,timestamp(millisecond)"`
	Tags             []parquetTag `parquet:"tags,list"`
	DaysLeft         *int32       `parquet:"days_left"`
	DNSNames         []string     `parquet:"dns_names,list"`
}

// A list of pairs keeps the order that a map has not.
type parquetTag struct {
	Key   string `parquet:"key,dict"`
	Value string `parquet:"value,dict"`
}

// parquetWriter writes a table that databases read by columns (Apache Parquet
// 2.x, compressed by zstd).
type parquetWriter struct{ file *parquetFile }

func newParquet(w io.Writer, _ Options) (Writer, error) {
	file, err := newParquetFile(w)
	return &parquetWriter{file}, err
}

func (p *parquetWriter) Begin(Header) error { return p.file.begin() }

func (p *parquetWriter) Endpoint(e *Endpoint) error {
	row := parquetRowOf(e)
	return p.file.add(&row)
}

func (p *parquetWriter) End(Summary) error { return p.file.close() }

func parquetRowOf(e *Endpoint) parquetRow {
	r := parquetRow{
		Target: e.Target, Host: e.Host, ServerName: e.ServerName, Address: e.Address, STARTTLS: e.STARTTLS,
		Transport: string(e.Transport), Status: string(e.Status), Rules: e.ruleNames(false), Waived: e.ruleNames(true),
		Product: e.Product, Certificates: int32(len(e.Chain)), SeenAt: parquetTime(e.SeenAt), DNSNames: e.DNSNames,
	}
	if e.Host != "" {
		port := int32(e.Port)
		r.Port = &port
	}
	if e.Error != nil {
		r.Error = e.Error.Code
	}
	if e.Status == OK {
		r.Severity, r.Presentation = e.Worst().String(), e.Presentation.String()
	}
	if l := e.leaf(); l != nil {
		r.Subject, r.Issuer, r.Serial, r.SHA256, r.Key = l.Subject, l.Issuer, l.Serial, l.SHA256.String(), l.Key
		r.NotBefore, r.NotAfter = parquetTime(l.NotBefore), parquetTime(l.NotAfter)
	}
	for _, m := range e.Missing {
		r.Missing = append(r.Missing, m.Subject)
	}
	for i := range e.Clients {
		if e.Clients[i].Accepted {
			r.ClientsAccepting++
		} else {
			r.ClientsRefusing++
			r.RefusedBy = append(r.RefusedBy, e.Clients[i].Client)
		}
	}
	r.BundleSHA256 = e.BundleSHA256.String()
	if e.Seen != nil {
		r.FirstSeen, r.LastSeen = parquetTime(e.Seen.First), parquetTime(e.Seen.Last)
	}
	if e.DaysLeft != nil {
		days := int32(*e.DaysLeft)
		r.DaysLeft = &days
	}
	for _, key := range slices.Sorted(maps.Keys(e.Tags)) {
		r.Tags = append(r.Tags, parquetTag{key, e.Tags[key]})
	}
	return r
}

func parquetTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
