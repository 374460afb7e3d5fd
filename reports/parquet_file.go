package reports

import (
	"encoding/binary"
	"io"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// parquetMagic begins and ends a file of Apache Parquet.
const parquetMagic = "PAR1"

// parquetGroup is how many rows are kept until they are written: a reader may
// skip or share out as many at a time. What they hold is bounded too, as hosts
// choose the names in their certificates.
const (
	parquetGroup      = 20_000
	parquetGroupBytes = 64 << 20
)

// parquetFile writes rows as a file of Apache Parquet: the structures and the
// encodings are parquet-go's, whose own writer brings a ninth of the program
// with all that a table may hold. Each row group has one dictionary and one page
// for each column.
type parquetFile struct {
	w       io.Writer
	pack    *zstd.Encoder
	offset  int64
	schema  []format.SchemaElement
	columns []*parquetColumn // of the fields of parquetRow, in their order; tags have two
	groups  []format.RowGroup
	rows    int // of the group that is being filled
	all     int64
}

func newParquetFile(w io.Writer) (*parquetFile, error) {
	pack, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	f := &parquetFile{w: w, pack: pack}
	row := reflect.ValueOf(new(parquetRow)).Elem()
	f.schema = []format.SchemaElement{schemaGroup("endpoints", row.NumField())}
	for i := range row.NumField() {
		name, options, _ := strings.Cut(row.Type().Field(i).Tag.Get("parquet"), ",")
		sample, dict := row.Field(i).Addr().Interface(), strings.Contains(options, "dict")
		switch sample.(type) {
		case *[]string:
			f.list(name, 1)
			f.column(newParquetColumn([]string{name, "list", "element"}, sample, dict))
		case *[]parquetTag:
			f.list(name, 1)
			f.schema = append(f.schema, schemaGroup("element", 2))
			f.column(newParquetColumn([]string{name, "list", "element", "key"}, sample, true))
			f.column(newParquetColumn([]string{name, "list", "element", "value"}, sample, true))
		default:
			f.column(newParquetColumn([]string{name}, sample, dict))
		}
	}
	return f, nil
}

// begin writes what stands before the first row.
func (f *parquetFile) begin() error { return f.write([]byte(parquetMagic)) }

// schemaGroup is an element of the schema that others are in.
func schemaGroup(name string, children int) format.SchemaElement {
	return format.SchemaElement{Name: name, RepetitionType: thrift.New(format.Required), NumChildren: thrift.New(int32(children))}
}

// list begins a list in the schema; its element follows.
func (f *parquetFile) list(name string, children int) {
	outer, inner := schemaGroup(name, 1), schemaGroup("list", children)
	outer.ConvertedType, outer.LogicalType.Value = thrift.New(deprecated.List), new(format.ListType)
	inner.RepetitionType = thrift.New(format.Repeated)
	f.schema = append(f.schema, outer, inner)
}

func (f *parquetFile) column(c *parquetColumn) {
	f.schema, f.columns = append(f.schema, c.leaf), append(f.columns, c)
}

func (f *parquetFile) write(b []byte) error {
	n, err := f.w.Write(b)
	f.offset += int64(n)
	return err
}

// add takes a row, and writes those that there are once they are a group.
func (f *parquetFile) add(row *parquetRow) error {
	fields, next, size := reflect.ValueOf(row).Elem(), 0, 0
	column := func() *parquetColumn { next++; return f.columns[next-1] }
	for i := range fields.NumField() {
		switch v := fields.Field(i).Addr().Interface().(type) {
		case *string:
			one(column(), v, (*parquetColumn).text)
		case *int32:
			n := int64(*v)
			one(column(), &n, (*parquetColumn).number)
		case **int32:
			one(column(), number(*v, func(n int32) int64 { return int64(n) }), (*parquetColumn).number)
		case **time.Time:
			one(column(), number(*v, time.Time.UnixMilli), (*parquetColumn).number)
		case *[]string:
			c := column()
			c.cell(len(*v))
			for _, s := range *v {
				c.text(s)
			}
		case *[]parquetTag:
			key, value := column(), column()
			key.cell(len(*v))
			value.cell(len(*v))
			for _, t := range *v {
				key.text(t.Key)
				value.text(t.Value)
			}
		}
	}
	for _, c := range f.columns {
		size += c.size()
	}
	if f.rows++; f.rows < parquetGroup && size < parquetGroupBytes {
		return nil
	}
	return f.flush()
}

// one adds a cell with one value, or with none.
func one[T any](c *parquetColumn, v *T, add func(*parquetColumn, T)) {
	if v == nil {
		c.cell(0)
		return
	}
	c.cell(1)
	add(c, *v)
}

// number is what a column holds for a value, if there is one.
func number[T any](v *T, of func(T) int64) *int64 {
	if v == nil {
		return nil
	}
	n := of(*v)
	return &n
}

// flush writes the row group.
func (f *parquetFile) flush() error {
	if f.rows == 0 {
		return nil
	}
	g := format.RowGroup{NumRows: int64(f.rows), FileOffset: f.offset, Ordinal: int16(min(len(f.groups), math.MaxInt16))}
	for _, c := range f.columns {
		chunk, err := f.chunk(c)
		if err != nil {
			return err
		}
		g.Columns = append(g.Columns, format.ColumnChunk{MetaData: chunk})
		g.TotalByteSize += chunk.TotalUncompressedSize
		g.TotalCompressedSize += chunk.TotalCompressedSize
		c.reset()
	}
	f.groups = append(f.groups, g)
	f.all += int64(f.rows)
	f.rows = 0
	return nil
}

// chunk writes what the row group has of a column.
func (f *parquetFile) chunk(c *parquetColumn) (m format.ColumnMetaData, err error) {
	begin, values, encoding := f.offset, c.plain, format.Plain
	m = format.ColumnMetaData{
		Type: c.leaf.Type.V, Codec: format.Zstd, PathInSchema: c.path, NumValues: int64(len(c.definition)), Statistics: c.statistics(),
	}
	if len(c.codes) > 0 {
		m.DictionaryPageOffset, encoding = f.offset, format.RLEDictionary
		if values, err = new(rle.DictionaryEncoding).EncodeInt32(nil, c.codes); err != nil {
			return m, err
		}
		words := format.DictionaryPageHeader{NumValues: int32(len(c.words)), Encoding: format.Plain}
		head := format.PageHeader{Type: format.DictionaryPage, DictionaryPageHeader: thrift.New(words)}
		if err := f.page(&m, head, nil, f.pack.EncodeAll(c.plain, nil), len(c.plain)); err != nil {
			return m, err
		}
	}
	m.Encoding, m.DataPageOffset = []format.Encoding{format.Plain, format.RLE, format.RLEDictionary}, f.offset
	if encoding == format.Plain {
		m.Encoding = m.Encoding[:2]
	}
	repetition, err := c.levels(c.repetition, c.list)
	if err != nil {
		return m, err
	}
	definition, err := c.levels(c.definition, c.list || c.optional)
	if err != nil {
		return m, err
	}
	var packed []byte
	if len(values) > 0 {
		packed = f.pack.EncodeAll(values, nil)
	}
	err = f.page(&m, format.PageHeader{Type: format.DataPageV2, DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{
		NumValues: int32(len(c.definition)), NumNulls: int32(len(c.definition) - c.values), NumRows: int32(f.rows), Encoding: encoding,
		RepetitionLevelsByteLength: int32(len(repetition)), DefinitionLevelsByteLength: int32(len(definition)),
		IsCompressed: thrift.New(len(values) > 0),
	})}, append(repetition, definition...), packed, len(values))
	m.TotalCompressedSize = f.offset - begin
	return m, err
}

// page writes a page: its header, levels as they are, and packed values, which
// have size bytes when they are unpacked.
func (f *parquetFile) page(m *format.ColumnMetaData, head format.PageHeader, levels, packed []byte, size int) error {
	head.UncompressedPageSize, head.CompressedPageSize = int32(len(levels)+size), int32(len(levels)+len(packed))
	top, err := thrift.Marshal(new(thrift.CompactProtocol), &head)
	if err != nil {
		return err
	}
	m.TotalUncompressedSize += int64(len(top)) + int64(head.UncompressedPageSize)
	for _, part := range [][]byte{top, levels, packed} {
		if err := f.write(part); err != nil {
			return err
		}
	}
	return nil
}

// close writes what is left, and what readers read first: the footer.
func (f *parquetFile) close() error {
	if err := f.flush(); err != nil {
		return err
	}
	orders := make([]format.ColumnOrder, len(f.columns))
	for i := range orders {
		orders[i].Value = new(format.TypeDefinedOrder)
	}
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), &format.FileMetaData{
		Version: 2, Schema: f.schema, NumRows: f.all, RowGroups: f.groups, CreatedBy: "tlschain", ColumnOrders: orders,
	})
	if err != nil {
		return err
	}
	footer = binary.LittleEndian.AppendUint32(footer, uint32(len(footer)))
	return f.write(append(footer, parquetMagic...))
}
