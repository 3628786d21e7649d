package rpc

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// What is kept of an image for one caller and view is shown to no other for whom
// it would be something else.
func TestFormsDependOnTheirNamesOnly(t *testing.T) {
	if n := reflect.TypeFor[imageView]().NumField(); n != 7 {
		t.Errorf("a view has %d fields; this test knows 7", n)
	}
	gone := records.Stamps{Deleted: true}
	image := func(status string) *records.Image {
		return &records.Image{
			ID: "1", Status: status, Visibility: records.Community, Owner: records.NullOf("t1"),
			Properties: []records.Property{{Name: "a"}, {Name: "b", Stamps: gone}},
			Locations:  []records.Location{{URL: "file:///x", Status: "active"}, {URL: "file:///gone", Status: "deleted", Stamps: gone}},
			Members:    []records.Member{{Member: "m"}},
			Tags:       []records.Tag{{Value: "t"}, {Value: "gone", Stamps: gone}},
		}
	}
	for _, status := range []string{records.StatusActive, records.StatusDeactivated} {
		fresh, kept := image(status), image(status)
		records.NewForms(kept, func(int) {})
		for round := range 2 {
			for _, c := range []*access.Caller{{}, {Admin: true}, {Owner: records.NullOf("t1")}, {Owner: records.NullOf("m"), Trusted: true}} {
				for bits := range 32 {
					v := imageView{service: &registry.Service{Rules: access.Rules{Harden: bits&16 != 0}}, caller: c, showDeleted: bits&1 != 0, v1: bits&2 != 0, isPublic: bits&4 != 0, tags: bits&8 != 0}
					v.image = fresh
					want, _ := v.appendJSON(nil)
					v.image = kept
					if got, err := v.appendJSON(nil); err != nil || !bytes.Equal(got, want) {
						t.Errorf("%s, round %d, %+v, view %05b: %v\ngot  %s\nwant %s", status, round, c, bits, err, got, want)
					}
				}
			}
		}
	}
}
