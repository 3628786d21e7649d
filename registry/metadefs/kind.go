package metadefs

import "github.com/glancegate/glancegate/registry/records"

// Kind is a kind of metadata definitions: namespaces, what they contain,
// and resource types. They all have a numeric id and a unique name, and differ
// in their columns and in what errors say (registry-v2-rpc.md, 9).
type Kind struct {
	table    records.Table
	name     string         // its column
	defaults records.Values // of a new row

	notFound, duplicate records.ErrorKind

	// The texts of errors have the name as %[1]s and, but for the second, that of
	// the namespace as %[2]s.
	noSuchName, noSuchID, nameTaken string

	// wouldCollide is the text where an update takes a name that there is: %[1]s
	// is the old name, %[3]s the new one.
	wouldCollide string
}

// The kinds of metadata definitions.
var (
	Namespace = &Kind{
		table:        records.MetadefNamespaces,
		name:         "namespace",
		notFound:     records.MetadefNamespaceNotFound,
		duplicate:    records.MetadefDuplicateNamespace,
		noSuchName:   "Metadata definition namespace=%[1]s was not found.",
		noSuchID:     "Metadata definition namespace not found for id=%[1]s",
		nameTaken:    "The metadata definition namespace=%[1]s already exists.",
		wouldCollide: "Invalid update. It would result in a duplicate metadata definition namespace with the same name of %[3]s",
	}
	Object = &Kind{
		table:        records.MetadefObjects,
		name:         "name",
		defaults:     records.Values{{Column: "json_schema", Value: "{}"}},
		notFound:     records.MetadefObjectNotFound,
		duplicate:    records.MetadefDuplicateObject,
		noSuchName:   "The metadata definition object with name=%[1]s was not found in namespace=%[2]s.",
		noSuchID:     "Metadata definition object not found for id=%[1]s",
		nameTaken:    "A metadata definition object with name=%[1]s already exists in namespace=%[2]s.",
		wouldCollide: "Invalid update. It would result in a duplicate metadata definition object with the same name=%[1]s in namespace=%[2]s.",
	}
	Property = &Kind{
		table:        records.MetadefProperties,
		name:         "name",
		defaults:     records.Values{{Column: "json_schema", Value: "{}"}},
		notFound:     records.MetadefPropertyNotFound,
		duplicate:    records.MetadefDuplicateProperty,
		noSuchName:   "The metadata definition property with name=%[1]s was not found in namespace=%[2]s.",
		noSuchID:     "Metadata definition property not found for id=%[1]s",
		nameTaken:    "A metadata definition property with name=%[1]s already exists in namespace=%[2]s.",
		wouldCollide: "Invalid update. It would result in a duplicate metadata definition property with the same name=%[1]s in namespace=%[2]s.",
	}
	Tag = &Kind{
		table:        records.MetadefTags,
		name:         "name",
		notFound:     records.MetadefTagNotFound,
		duplicate:    records.MetadefDuplicateTag,
		noSuchName:   "The metadata definition tag with name=%[1]s was not found in namespace=%[2]s.",
		noSuchID:     "Metadata tag not found for id %[1]s",
		nameTaken:    "A metadata tag with name=%[1]s already exists in namespace=%[2]s. (Please note that metadata tag names are case insensitive).",
		wouldCollide: "A metadata tag with name=%[3]s already exists in namespace=%[2]s. (Please note that metadata tag names are case insensitive).",
	}
	ResourceType = &Kind{
		table:      records.MetadefResourceTypes,
		name:       "name",
		defaults:   records.Values{{Column: "protected", Value: false}},
		notFound:   records.MetadefResourceTypeNotFound,
		duplicate:  records.MetadefDuplicateResourceType,
		noSuchName: "The metadata definition resource-type with name=%[1]s, was not found.",
		nameTaken:  "A metadata definition resource-type with name=%[1]s already exists.",
	}
)

func (k *Kind) errNotFound(name, namespace string) error {
	return records.Errorf(k.notFound, k.noSuchName, name, namespace)
}

func (k *Kind) errNoSuchID(id string) error {
	return records.Errorf(k.notFound, k.noSuchID, id)
}

// errTaken is the error of an insert; others than duplicates pass through.
func (k *Kind) errTaken(err error, name, namespace string) error {
	if records.IsKind(err, records.Duplicate) {
		return records.Errorf(k.duplicate, k.nameTaken, name, namespace)
	}
	return err
}

// errCollides is the error of an update; others than duplicates pass through.
func (k *Kind) errCollides(err error, before, namespace, after string) error {
	if records.IsKind(err, records.Duplicate) {
		return records.Errorf(k.duplicate, k.wouldCollide, before, namespace, after)
	}
	return err
}
