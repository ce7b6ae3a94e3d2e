package wire

import (
	"encoding/binary"
	"errors"
	"time"
)

// ErrMalformed says that the input ends early or holds a length that it cannot.
var ErrMalformed = errors.New("malformed record")

// Writer appends fields to Buf. The zero Writer is ready.
type Writer struct{ Buf []byte }

// Byte appends one byte.
func (w *Writer) Byte(b byte) { w.Buf = append(w.Buf, b) }

// Bool appends 0 or 1.
func (w *Writer) Bool(b bool) {
	if b {
		w.Byte(1)
		return
	}
	w.Byte(0)
}

// Uint appends an unsigned varint.
func (w *Writer) Uint(n uint64) { w.Buf = binary.AppendUvarint(w.Buf, n) }

// Int appends a zig-zag varint.
func (w *Writer) Int(n int64) { w.Buf = binary.AppendVarint(w.Buf, n) }

// Bytes appends a length and the bytes.
func (w *Writer) Bytes(b []byte) {
	w.Uint(uint64(len(b)))
	w.Buf = append(w.Buf, b...)
}

// String appends a length and the text.
func (w *Writer) String(s string) {
	w.Uint(uint64(len(s)))
	w.Buf = append(w.Buf, s...)
}

// Time appends an instant to the nanosecond; the zero time stays zero.
func (w *Writer) Time(t time.Time) {
	w.Bool(!t.IsZero())
	if t.IsZero() {
		return
	}
	w.Int(t.Unix())
	w.Uint(uint64(t.Nanosecond()))
}

// Raw appends the bytes without a length.
func (w *Writer) Raw(b []byte) { w.Buf = append(w.Buf, b...) }

// Reader takes fields off the front of its buffer.
type Reader struct {
	buf []byte
	err error
}

// NewReader reads buf, which must not change while it is read.
func NewReader(buf []byte) *Reader { return &Reader{buf: buf} }

// Err is the first error, or nil.
func (r *Reader) Err() error { return r.err }

// Len is the number of bytes left.
func (r *Reader) Len() int { return len(r.buf) }

func (r *Reader) fail() {
	r.err = ErrMalformed
	r.buf = nil
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if len(r.buf) == 0 {
		r.fail()
		return 0
	}
	b := r.buf[0]
	r.buf = r.buf[1:]
	return b
}

// Bool reads what Writer.Bool wrote.
func (r *Reader) Bool() bool { return r.Byte() != 0 }

// Uint reads an unsigned varint.
func (r *Reader) Uint() uint64 {
	n, size := binary.Uvarint(r.buf)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.buf = r.buf[size:]
	return n
}

// Int reads a zig-zag varint.
func (r *Reader) Int() int64 {
	n, size := binary.Varint(r.buf)
	if size <= 0 {
		r.fail()
		return 0
	}
	r.buf = r.buf[size:]
	return n
}

// Count reads a length of things that take at least size bytes each, so that a caller may allocate for it.
func (r *Reader) Count(size int) int {
	n := r.Uint()
	if n > uint64(len(r.buf)/max(size, 1)) {
		r.fail()
		return 0
	}
	return int(n)
}

// Bytes reads a length and the bytes; the result aliases the buffer.
func (r *Reader) Bytes() []byte { return r.Raw(r.Count(1)) }

// String reads a length and the text.
func (r *Reader) String() string { return string(r.Bytes()) }

// Raw reads n bytes; the result aliases the buffer.
func (r *Reader) Raw(n int) []byte {
	if n < 0 || n > len(r.buf) {
		r.fail()
		return nil
	}
	b := r.buf[:n:n]
	r.buf = r.buf[n:]
	return b
}

// Time reads what Writer.Time wrote, in UTC.
func (r *Reader) Time() time.Time {
	if !r.Bool() {
		return time.Time{}
	}
	sec, nsec := r.Int(), r.Uint()
	if r.err != nil || nsec > 999_999_999 {
		r.fail()
		return time.Time{}
	}
	return time.Unix(sec, int64(nsec)).UTC()
}
