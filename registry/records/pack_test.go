package records_test

import (
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/glancegate/glancegate/registry/records"
)

// After Pack an image says what it said, and all its texts but the id are in one block of memory.
func TestPack(t *testing.T) {
	texts := 0
	text := func() string { texts++; return strings.Repeat("text", 1+texts%7) + string(rune('a'+texts)) }
	image := func() *records.Image {
		texts = 0
		i := &records.Image{
			ID: text(), Name: records.NullOf(text()), Status: text(), Visibility: text(),
			DiskFormat: records.NullOf(text()), ContainerFormat: records.NullOf(text()), Checksum: records.NullOf(text()),
			Owner: records.NullOf(text()), OSHashAlgo: records.NullOf(text()), OSHashValue: records.NullOf(text()),
		}
		for n := range 3 {
			i.Properties = append(i.Properties, records.Property{RowID: int64(n), Name: text(), Value: records.NullOf(text())})
			i.Locations = append(i.Locations, records.Location{RowID: int64(n), URL: text(), Metadata: records.NullOf(text()), Status: text()})
			i.Members = append(i.Members, records.Member{RowID: int64(n), ImageID: strings.Clone(i.ID), Member: text(), Status: text()})
			i.Tags = append(i.Tags, records.Tag{RowID: int64(n), Value: text()})
		}
		return i
	}
	before, packed := image(), image()
	length := packed.Pack()
	if !reflect.DeepEqual(before, packed) {
		t.Errorf("got %+v, want %+v", packed, before)
	}
	all, first, end := 0, ^uintptr(0), uintptr(0)
	eachString(reflect.ValueOf(packed).Elem(), func(s string) {
		if unsafe.StringData(s) == unsafe.StringData(packed.ID) {
			return
		}
		at := uintptr(unsafe.Pointer(unsafe.StringData(s)))
		first, end = min(first, at), max(end, at+uintptr(len(s)))
		all += len(s)
	})
	if length != all || int(end-first) != all {
		t.Errorf("%d bytes of texts, counted as %d, are spread over %d", all, length, end-first)
	}
	empty := &records.Image{}
	if empty.Pack(); !reflect.DeepEqual(empty, &records.Image{}) {
		t.Errorf("got %+v", empty)
	}
}

// eachString calls f with all strings of a value, whichever fields it has.
func eachString(v reflect.Value, f func(string)) {
	switch v.Kind() {
	case reflect.String:
		f(v.String())
	case reflect.Struct:
		for n := range v.NumField() {
			eachString(v.Field(n), f)
		}
	case reflect.Slice:
		for n := range v.Len() {
			eachString(v.Index(n), f)
		}
	}
}
