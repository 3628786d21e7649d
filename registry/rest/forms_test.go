package rest

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
	if n := reflect.TypeFor[view]().NumField(); n != 4 {
		t.Errorf("a view has %d fields; this test knows 4", n)
	}
	var views []view
	for _, c := range []*access.Caller{{}, {Admin: true}, {Owner: records.NullOf("t1")}, {Owner: records.NullOf("t2"), Trusted: true}} {
		for bits := range 8 {
			service := &registry.Service{Rules: access.Rules{Harden: bits&4 != 0}}
			views = append(views, view{service: service, caller: c, showDeleted: bits&1 != 0, hidePublic: bits&2 != 0})
		}
	}
	encoders := []imageEncoder{appendFull, appendBrief}
	for _, status := range []string{records.StatusActive, records.StatusDeactivated} {
		fresh := sample()
		fresh.Status = status
		kept := sample()
		kept.Status = status
		records.NewForms(kept, func(int) {})
		for round := range 2 {
			for n, v := range views {
				for k, encode := range encoders {
					want, _ := encode(nil, fresh, v)
					if got, err := encode(nil, kept, v); err != nil || !bytes.Equal(got, want) {
						t.Errorf("%s, round %d, view %d, encoder %d: %v\ngot  %s\nwant %s", status, round, n, k, err, got, want)
					}
				}
			}
		}
	}
}
