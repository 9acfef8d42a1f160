package embedded

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/bits"
	"os"
	"slices"
	"strings"
)

// bbolt's file, as its source defines it (internal/common of v1.5): pages of one size, each with a header of id, flags, count and overflow;
// pages 0 and 1 are meta pages, of which the valid one with the higher transaction counts. Numbers have the machine's byte order.
const (
	boltMagic    = 0xED0CDAED
	boltVersion  = 2
	headerSize   = 16 // of a page; an element's and a bucket's header are as long
	metaSize     = 64
	metaSumAt    = 56
	branchFlag   = 0x01
	leafFlag     = 0x02
	freelistFlag = 0x10
	bucketFlag   = 0x01 // of a leaf's element
)

var order = binary.NativeEndian

// meta is what a meta page says.
type meta struct {
	pageSize, root, freelist, pages, tx uint64
}

// inspect reads the whole file and says whether it is an undamaged journal of ours, without changing it.
func inspect(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	m, err := newestMeta(f, info.Size())
	if err != nil {
		return err
	}
	if err := m.fits(uint64(info.Size())); err != nil {
		return err
	}
	in := &inspection{file: f, meta: m, used: make([]bool, m.pages)}
	if _, err := in.walk("", m.root, nil); err != nil {
		return err
	}
	if err := in.freelist(); err != nil {
		return err
	}
	return in.verdict()
}

// newestMeta finds the meta page that counts. Page 1 stands behind a page of unknown size when page 0 is broken.
func newestMeta(f *os.File, size int64) (meta, error) {
	if size == 0 {
		return meta{}, damaged("it is empty; remove it if nothing was ever in it")
	}
	newest, ok := readMeta(f, 0)
	for ps := int64(1024); ps <= 1<<16; ps *= 2 {
		m, valid := readMeta(f, ps)
		if valid && m.pageSize == uint64(ps) && (!ok || m.tx > newest.tx) {
			newest, ok = m, true
		}
	}
	if !ok {
		return meta{}, damaged("it has no valid header")
	}
	return newest, nil
}

func readMeta(f *os.File, at int64) (meta, bool) {
	b := make([]byte, headerSize+metaSize)
	if _, err := f.ReadAt(b, at); err != nil {
		return meta{}, false
	}
	b = b[headerSize:]
	sum := fnv.New64a()
	_, _ = sum.Write(b[:metaSumAt])
	m := meta{
		pageSize: uint64(order.Uint32(b[8:])),
		root:     order.Uint64(b[16:]),
		freelist: order.Uint64(b[32:]),
		pages:    order.Uint64(b[40:]),
		tx:       order.Uint64(b[48:]),
	}
	ok := order.Uint32(b) == boltMagic && order.Uint32(b[4:]) == boltVersion && order.Uint64(b[metaSumAt:]) == sum.Sum64() &&
		m.pageSize >= 1024 && m.pageSize <= 1<<16 && m.pages < 1<<40
	return m, ok
}

// growth is up to where bbolt doubles its file.
const growth = 16 << 20

// fits reports whether a file of this size was cut, be it in the room at its end, of which bbolt keeps a page at least (but in a file that was only
// just made, which has four pages).
func (m meta) fits(size uint64) error {
	need := m.pages + 1
	if m.pages == 4 {
		need = 4
	}
	switch {
	case size < need*m.pageSize:
		return damaged("it is cut: %d bytes of at least %d", size, need*m.pageSize)
	case size%m.pageSize != 0:
		return damaged("it is cut: %d bytes are not a whole number of pages", size)
	case size <= growth && bits.OnesCount64(size) != 1:
		return damaged("it is cut: %d bytes are no size that it ever had", size)
	default:
		return nil
	}
}

// inspection walks the pages. Every page number, offset and size is checked before it is followed.
type inspection struct {
	file   *os.File
	meta   meta
	used   []bool // by page: each may be used once
	tables []table
	weight uint64 // of the entries seen in the table that is walked
	format string
}

// page is a page's bytes, its header included.
type page struct {
	flags uint16
	count int
	bytes []byte
}

func newPage(b []byte) (page, error) {
	p := page{flags: order.Uint16(b[8:]), count: int(order.Uint16(b[10:])), bytes: b}
	if p.flags != freelistFlag && headerSize*(1+p.count) > len(b) {
		return page{}, damaged("a page has %d elements in %d bytes", p.count, len(b))
	}
	return p, nil
}

// element returns the header of an element and what follows from its offset on, cut at size.
func (p page) element(i int, pos, size uint64) ([]byte, error) {
	from := uint64(headerSize*(1+i)) + pos
	if from+size > uint64(len(p.bytes)) {
		return nil, damaged("an element lies outside its page")
	}
	return p.bytes[from : from+size], nil
}

func (p page) head(i int) []byte { return p.bytes[headerSize*(1+i) : headerSize*(2+i)] }

func (in *inspection) read(id uint64) (page, error) {
	if id < 2 || id >= in.meta.pages {
		return page{}, damaged("page %d of %d", id, in.meta.pages)
	}
	h := make([]byte, headerSize)
	if _, err := in.file.ReadAt(h, int64(id*in.meta.pageSize)); err != nil {
		return page{}, fmt.Errorf("read page %d: %w", id, err)
	}
	span := uint64(order.Uint32(h[12:])) + 1
	if order.Uint64(h) != id || id+span > in.meta.pages {
		return page{}, damaged("page %d is overwritten", id)
	}
	for n := id; n < id+span; n++ {
		if in.used[n] {
			return page{}, damaged("page %d is used twice", n)
		}
		in.used[n] = true
	}
	b := make([]byte, span*in.meta.pageSize)
	if _, err := in.file.ReadAt(b, int64(id*in.meta.pageSize)); err != nil {
		return page{}, fmt.Errorf("read page %d: %w", id, err)
	}
	return newPage(b)
}

// walk goes through the tree below a page and returns its first key. Keys lie below hi; nil is no bound.
func (in *inspection) walk(of table, id uint64, hi []byte) ([]byte, error) {
	p, err := in.read(id)
	if err != nil {
		return nil, err
	}
	switch p.flags {
	case branchFlag:
		return in.branch(of, p, hi)
	case leafFlag:
		return in.leaf(of, p, hi)
	default:
		return nil, damaged("page %d is of a wrong kind", id)
	}
}

// branch holds each signpost against the first key below it: by that key bbolt finds the place again when it writes.
func (in *inspection) branch(of table, p page, hi []byte) ([]byte, error) {
	keys := make([][]byte, p.count+1)
	for i := range p.count {
		h := p.head(i)
		k, err := p.element(i, uint64(order.Uint32(h)), uint64(order.Uint32(h[4:])))
		if err != nil {
			return nil, err
		}
		keys[i] = k
	}
	if p.count == 0 {
		return nil, damaged("an empty branch")
	}
	keys[p.count] = hi
	for i := range p.count {
		first, err := in.walk(of, order.Uint64(p.head(i)[8:]), keys[i+1])
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(first, keys[i]) {
			return nil, damaged("a signpost of %q is wrong", of)
		}
	}
	return keys[0], nil
}

func (in *inspection) leaf(of table, p page, hi []byte) ([]byte, error) {
	var first, last []byte
	for i := range p.count {
		h := p.head(i)
		size := uint64(order.Uint32(h[8:]))
		kv, err := p.element(i, uint64(order.Uint32(h[4:])), size+uint64(order.Uint32(h[12:])))
		if err != nil {
			return nil, err
		}
		k, v := kv[:size], kv[size:]
		if hi != nil && bytes.Compare(k, hi) >= 0 || i > 0 && bytes.Compare(k, last) <= 0 {
			return nil, damaged("keys of %q are out of order", of)
		}
		if i == 0 {
			first = k
		}
		last = k
		if err := in.entry(of, order.Uint32(h)&bucketFlag != 0, k, v); err != nil {
			return nil, err
		}
	}
	return first, nil
}

// entry takes one key: a table at the top, values below.
func (in *inspection) entry(of table, bucket bool, k, v []byte) error {
	if bucket != (of == "") || bucket && !slices.Contains(append(tables(), oldTables()...), table(k)) {
		return damaged("it belongs to another program")
	}
	if bucket {
		in.tables = append(in.tables, table(k))
		return in.bucket(table(k), v)
	}
	value, err := unstamp(k, v)
	in.weight += weight(v)
	if err == nil && of == metaTable && bytes.Equal(k, formatKey) {
		in.format = string(value)
	}
	return err
}

// bucket reads a table behind its header, and holds what is there against its weight: a page may have lost entries without a trace.
func (in *inspection) bucket(of table, v []byte) error {
	if len(v) < headerSize {
		return damaged("table %q is cut", of)
	}
	in.weight = 0
	if err := in.content(of, order.Uint64(v), v[headerSize:]); err != nil {
		return err
	}
	if in.weight != order.Uint64(v[8:]) {
		return damaged("entries of %q are missing", of)
	}
	return nil
}

// content follows a table to its root page, or to the page that stands inline.
func (in *inspection) content(of table, root uint64, inline []byte) error {
	if root != 0 {
		_, err := in.walk(of, root, nil)
		return err
	}
	if len(inline) < headerSize {
		return damaged("table %q is cut", of)
	}
	p, err := newPage(inline)
	if err != nil {
		return err
	}
	if p.flags != leafFlag {
		return damaged("table %q stands on a page of a wrong kind", of)
	}
	_, err = in.leaf(of, p, nil)
	return err
}

// freelist checks that no page counts as free and as used, which the next write would overwrite.
func (in *inspection) freelist() error {
	p, err := in.read(in.meta.freelist)
	if err != nil {
		return err
	}
	if p.flags != freelistFlag {
		return damaged("the list of free pages is overwritten")
	}
	ids := p.bytes[headerSize:]
	n := uint64(p.count)
	if n == 0xFFFF && len(ids) >= 8 { // then the first entry is the count
		n, ids = order.Uint64(ids), ids[8:]
	}
	if n > uint64(len(ids)/8) {
		return damaged("the list of free pages is cut")
	}
	for i := range n {
		id := order.Uint64(ids[8*i:])
		if id < 2 || id >= in.meta.pages || in.used[id] {
			return damaged("page %d counts as free", id)
		}
		in.used[id] = true
	}
	return nil
}

func (in *inspection) verdict() error {
	version, ok := strings.CutPrefix(in.format, formatMark)
	if !ok {
		return damaged("it belongs to another program")
	}
	want := tables()
	switch version {
	case formatVersion:
	case formatBefore:
		want = append(want, oldTables()...)
	default:
		return damaged("it has format %s, this program knows %s", version, formatVersion)
	}
	for _, t := range want {
		if !slices.Contains(in.tables, t) {
			return damaged("table %q is missing", t)
		}
	}
	if len(in.tables) != len(want) {
		return damaged("it has tables of another format")
	}
	return nil
}
