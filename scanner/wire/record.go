package wire

import (
	"encoding/binary"
	"fmt"
	"io"
)

// records reads the record layer of one direction: from in, or from raw alone
// if in is nil.
type records struct {
	in     io.Reader
	raw    []byte // received; what is before next has been read
	next   int
	total  int // bytes dropped from the front of raw
	count  int
	opener *opener // TLS 1.3 once its keys are known
}

// read returns the next record with its protection off. The payload is good
// until the next call.
func (r *records) read() (kind byte, payload []byte, err error) {
	if err := r.need(5); err != nil {
		return 0, nil, err
	}
	header := r.raw[r.next : r.next+5]
	kind = header[0]
	if kind < recordChangeCipherSpec || kind > recordApplicationData || header[1] != 3 {
		if r.count == 0 {
			return 0, nil, r.notTLS()
		}
		return 0, nil, malformed("a record of type %d and version %d.%d", kind, header[1], header[2])
	}
	if r.count++; r.count > maxRecords {
		return 0, nil, fmt.Errorf("%w: over %d records", ErrTooLarge, maxRecords)
	}
	n := int(binary.BigEndian.Uint16(header[3:]))
	if n > maxRecord {
		return 0, nil, malformed("a record of %d bytes, where TLS ends at %d", n, 1<<14)
	}
	if err := r.need(5 + n); err != nil {
		return 0, nil, err
	}
	whole := r.raw[r.next : r.next+5+n]
	r.next += 5 + n
	if kind == recordApplicationData {
		if r.opener == nil {
			return 0, nil, malformed("encrypted data before there is a key")
		}
		return r.opener.open(whole)
	}
	return kind, whole[5:], nil
}

// need makes sure that n bytes from next are there.
func (r *records) need(n int) error {
	for len(r.raw)-r.next < n {
		if r.in == nil {
			return r.ended()
		}
		if r.next > 0 && r.next == len(r.raw) {
			r.total += r.next
			r.raw, r.next = r.raw[:0], 0
		}
		if r.total+len(r.raw) > maxFlight {
			return fmt.Errorf("%w: over %d bytes", ErrTooLarge, maxFlight)
		}
		if len(r.raw) == cap(r.raw) {
			r.raw = append(r.raw, 0)[:len(r.raw)]
		}
		got, err := r.in.Read(r.raw[len(r.raw):cap(r.raw)])
		r.raw = r.raw[:len(r.raw)+got]
		if err != nil && len(r.raw)-r.next < n {
			if err == io.EOF {
				return r.ended()
			}
			return err
		}
	}
	return nil
}

// ended is the error of a peer that said no more. A few bytes and the end may
// be another protocol altogether.
func (r *records) ended() error {
	if r.count == 0 && len(r.raw) > 0 && r.raw[0] != recordAlert && r.raw[0] != recordHandshake {
		return r.notTLS()
	}
	return io.ErrUnexpectedEOF
}

func (r *records) notTLS() error {
	const most = 64
	return &NotTLS{append([]byte(nil), r.raw[:min(len(r.raw), most)]...)}
}
