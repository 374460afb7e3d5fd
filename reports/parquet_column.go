package reports

import (
	"cmp"
	"encoding/binary"
	"time"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/plain"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// parquetColumn is one column of a table: what stands for it in the schema, and
// its values of the row group that is being filled. A value is a text, a number
// or a time; a cell holds one, none (optional), or a list of them.
type parquetColumn struct {
	path                 []string
	leaf                 format.SchemaElement
	optional, list, dict bool

	repetition, definition []uint8          // a byte for each value, or for a cell without one
	values                 int              // those that there are
	plain                  []byte           // the values, or the distinct ones of a dictionary
	codes                  []int32          // of a dictionary: which one each is
	words                  map[string]int32 // of a dictionary
	texts                  extent[string]
	numbers                extent[int64]
}

// extent is the least and the greatest of some values.
type extent[T cmp.Ordered] struct {
	least, greatest T
	known           bool
}

func (e *extent[T]) add(v T) {
	if !e.known {
		e.least, e.greatest, e.known = v, v, true
		return
	}
	e.least, e.greatest = min(e.least, v), max(e.greatest, v)
}

// newParquetColumn makes a column for values of the type that sample has.
func newParquetColumn(path []string, sample any, dict bool) *parquetColumn {
	c := &parquetColumn{path: path, dict: dict}
	c.leaf.Name = path[len(path)-1]
	kind := format.ByteArray
	switch sample.(type) {
	case *int32, **int32:
		kind = format.Int32
		c.leaf.ConvertedType = thrift.New(deprecated.Int32)
		c.leaf.LogicalType.Value = &format.IntType{BitWidth: 32, IsSigned: true}
	case **time.Time:
		kind = format.Int64
		c.leaf.ConvertedType = thrift.New(deprecated.TimestampMillis)
		c.leaf.LogicalType.Value = &format.TimestampType{IsAdjustedToUTC: true, Unit: format.TimeUnit{Value: new(format.MilliSeconds)}}
	default:
		c.leaf.ConvertedType = thrift.New(deprecated.UTF8)
		c.leaf.LogicalType.Value = new(format.StringType)
	}
	c.leaf.Type = thrift.New(kind)
	switch sample.(type) {
	case **int32, **time.Time:
		c.optional = true
	case *[]string, *[]parquetTag:
		c.list = true
	}
	c.leaf.RepetitionType = thrift.New(format.Required)
	if c.optional {
		c.leaf.RepetitionType = thrift.New(format.Optional)
	}
	c.reset()
	return c
}

// reset makes the column one of the next row group.
func (c *parquetColumn) reset() {
	c.repetition, c.definition = c.repetition[:0], c.definition[:0]
	c.plain, c.codes, c.values = c.plain[:0], c.codes[:0], 0
	c.texts, c.numbers = extent[string]{}, extent[int64]{}
	if c.dict {
		c.words = map[string]int32{}
	}
}

// cell adds the levels of a cell with count values, which follow.
func (c *parquetColumn) cell(count int) {
	switch {
	case count == 0:
		c.repetition, c.definition = append(c.repetition, 0), append(c.definition, 0)
	default:
		for i := range count {
			c.repetition, c.definition = append(c.repetition, uint8(min(i, 1))), append(c.definition, 1)
		}
	}
}

func (c *parquetColumn) text(s string) {
	c.values++
	c.texts.add(s)
	if !c.dict {
		c.plain = plain.AppendByteArrayString(c.plain, s)
		return
	}
	code, known := c.words[s]
	if !known {
		code = int32(len(c.words))
		c.words[s] = code
		c.plain = plain.AppendByteArrayString(c.plain, s)
	}
	c.codes = append(c.codes, code)
}

func (c *parquetColumn) number(n int64) {
	c.values++
	c.numbers.add(n)
	if c.leaf.Type.V == format.Int32 {
		c.plain = plain.AppendInt32(c.plain, int32(n))
	} else {
		c.plain = plain.AppendInt64(c.plain, n)
	}
}

// size is about how much memory the values have.
func (c *parquetColumn) size() int { return len(c.plain) + 2*len(c.definition) + 4*len(c.codes) }

// levels encodes a level of each value, or nothing where the column has one
// level only.
func (c *parquetColumn) levels(of []uint8, has bool) ([]byte, error) {
	if !has {
		return nil, nil
	}
	return (&rle.Encoding{BitWidth: 1}).EncodeLevels(nil, of)
}

// longestBound bounds the texts that are kept as the least and the greatest.
const longestBound = 128

// statistics tell a reader which row groups it need not read.
func (c *parquetColumn) statistics() format.Statistics {
	s := format.Statistics{NullCount: int64(len(c.definition) - c.values)}
	switch {
	case c.texts.known && len(c.texts.least) <= longestBound && len(c.texts.greatest) <= longestBound:
		s.MinValue, s.MaxValue = []byte(c.texts.least), []byte(c.texts.greatest)
	case c.numbers.known:
		width := 8
		if c.leaf.Type.V == format.Int32 {
			width = 4
		}
		s.MinValue = binary.LittleEndian.AppendUint64(nil, uint64(c.numbers.least))[:width]
		s.MaxValue = binary.LittleEndian.AppendUint64(nil, uint64(c.numbers.greatest))[:width]
	}
	return s
}
