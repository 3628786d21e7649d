package metadefs

import (
	"errors"
	"testing"

	"github.com/glancegate/glancegate/registry/records"
)

// TestMetadefErrors has the texts of registry-v2-rpc.md, 9.
func TestMetadefErrors(t *testing.T) {
	taken := records.Errorf(records.Duplicate, "taken")
	for _, row := range []struct {
		kind                                *Kind
		noSuchName, noSuchID, taken, update string
	}{
		{
			Namespace,
			"Metadata definition namespace=n was not found.",
			"Metadata definition namespace not found for id=7",
			"The metadata definition namespace=n already exists.",
			"Invalid update. It would result in a duplicate metadata definition namespace with the same name of new",
		}, {
			Object,
			"The metadata definition object with name=n was not found in namespace=NS.",
			"Metadata definition object not found for id=7",
			"A metadata definition object with name=n already exists in namespace=NS.",
			"Invalid update. It would result in a duplicate metadata definition object with the same name=old in namespace=NS.",
		}, {
			Property,
			"The metadata definition property with name=n was not found in namespace=NS.",
			"Metadata definition property not found for id=7",
			"A metadata definition property with name=n already exists in namespace=NS.",
			"Invalid update. It would result in a duplicate metadata definition property with the same name=old in namespace=NS.",
		}, {
			Tag,
			"The metadata definition tag with name=n was not found in namespace=NS.",
			"Metadata tag not found for id 7",
			"A metadata tag with name=n already exists in namespace=NS. (Please note that metadata tag names are case insensitive).",
			"A metadata tag with name=new already exists in namespace=NS. (Please note that metadata tag names are case insensitive).",
		}, {
			ResourceType,
			"The metadata definition resource-type with name=n, was not found.",
			"",
			"A metadata definition resource-type with name=n already exists.",
			"",
		},
	} {
		expect := func(err error, kind records.ErrorKind, text string) {
			t.Helper()
			if text != "" && (!records.IsKind(err, kind) || err.Error() != text) {
				t.Errorf("got %v, want %s", err, text)
			}
		}
		expect(row.kind.errNotFound("n", "NS"), row.kind.notFound, row.noSuchName)
		expect(row.kind.errNoSuchID("7"), row.kind.notFound, row.noSuchID)
		expect(row.kind.errTaken(taken, "n", "NS"), row.kind.duplicate, row.taken)
		expect(row.kind.errCollides(taken, "old", "NS", "new"), row.kind.duplicate, row.update)
	}
	other := errors.New("other")
	if err := Tag.errTaken(other, "n", "NS"); err != other {
		t.Errorf("got %v", err)
	}
}

// TestReferredNamespace translates a refusal of the last delete, as a foreign key
// makes it.
func TestReferredNamespace(t *testing.T) {
	err := referred(records.Errorf(records.BadValue, "The database refuses a value"), "N")
	const want = "The metadata definition namespace with name=N not deleted. Other records still refer to it."
	if !records.IsKind(err, records.MetadefIntegrityError) || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if referred(nil, "N") != nil {
		t.Error("an error out of nothing")
	}
}
