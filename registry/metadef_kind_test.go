package registry

import (
	"errors"
	"testing"
)

// TestMetadefErrors has the texts of registry-v2-rpc.md, 9.
func TestMetadefErrors(t *testing.T) {
	taken := Errorf(Duplicate, "taken")
	for _, row := range []struct {
		kind                                *MetadefKind
		noSuchName, noSuchID, taken, update string
	}{
		{
			MetadefNamespace,
			"Metadata definition namespace=n was not found.",
			"Metadata definition namespace not found for id=7",
			"The metadata definition namespace=n already exists.",
			"Invalid update. It would result in a duplicate metadata definition namespace with the same name of new",
		}, {
			MetadefObject,
			"The metadata definition object with name=n was not found in namespace=NS.",
			"Metadata definition object not found for id=7",
			"A metadata definition object with name=n already exists in namespace=NS.",
			"Invalid update. It would result in a duplicate metadata definition object with the same name=old in namespace=NS.",
		}, {
			MetadefProperty,
			"The metadata definition property with name=n was not found in namespace=NS.",
			"Metadata definition property not found for id=7",
			"A metadata definition property with name=n already exists in namespace=NS.",
			"Invalid update. It would result in a duplicate metadata definition property with the same name=old in namespace=NS.",
		}, {
			MetadefTag,
			"The metadata definition tag with name=n was not found in namespace=NS.",
			"Metadata tag not found for id 7",
			"A metadata tag with name=n already exists in namespace=NS. (Please note that metadata tag names are case insensitive).",
			"A metadata tag with name=new already exists in namespace=NS. (Please note that metadata tag names are case insensitive).",
		}, {
			MetadefResourceType,
			"The metadata definition resource-type with name=n, was not found.",
			"",
			"A metadata definition resource-type with name=n already exists.",
			"",
		},
	} {
		expect := func(err error, kind ErrorKind, text string) {
			t.Helper()
			if text != "" && (!isKind(err, kind) || err.Error() != text) {
				t.Errorf("got %v, want %s", err, text)
			}
		}
		expect(row.kind.errNotFound("n", "NS"), row.kind.notFound, row.noSuchName)
		expect(row.kind.errNoSuchID("7"), row.kind.notFound, row.noSuchID)
		expect(row.kind.errTaken(taken, "n", "NS"), row.kind.duplicate, row.taken)
		expect(row.kind.errCollides(taken, "old", "NS", "new"), row.kind.duplicate, row.update)
	}
	other := errors.New("other")
	if err := MetadefTag.errTaken(other, "n", "NS"); err != other {
		t.Errorf("got %v", err)
	}
}

// TestReferredNamespace translates a refusal of the last delete, as a foreign key
// makes it.
func TestReferredNamespace(t *testing.T) {
	err := referred(Errorf(BadValue, "The database refuses a value"), "N")
	const want = "The metadata definition namespace with name=N not deleted. Other records still refer to it."
	if !isKind(err, MetadefIntegrityError) || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if referred(nil, "N") != nil {
		t.Error("an error out of nothing")
	}
}
