package registry

// MetadefKind is a kind of metadata definitions: namespaces, what they contain,
// and resource types. They all have a numeric id and a unique name, and differ
// in their columns and in what errors say (registry-v2-rpc.md, 9).
type MetadefKind struct {
	table    Table
	name     string // its column
	defaults Values // of a new row

	notFound, duplicate ErrorKind

	// The texts of errors have the name as %[1]s and, but for the second, that of
	// the namespace as %[2]s.
	noSuchName, noSuchID, nameTaken string

	// wouldCollide is the text where an update takes a name that there is: %[1]s
	// is the old name, %[3]s the new one.
	wouldCollide string
}

// The kinds of metadata definitions.
var (
	MetadefNamespace = &MetadefKind{
		table:        MetadefNamespaces,
		name:         "namespace",
		notFound:     MetadefNamespaceNotFound,
		duplicate:    MetadefDuplicateNamespace,
		noSuchName:   "Metadata definition namespace=%[1]s was not found.",
		noSuchID:     "Metadata definition namespace not found for id=%[1]s",
		nameTaken:    "The metadata definition namespace=%[1]s already exists.",
		wouldCollide: "Invalid update. It would result in a duplicate metadata definition namespace with the same name of %[3]s",
	}
	MetadefObject = &MetadefKind{
		table:        MetadefObjects,
		name:         "name",
		defaults:     Values{{Column: "json_schema", Value: "{}"}},
		notFound:     MetadefObjectNotFound,
		duplicate:    MetadefDuplicateObject,
		noSuchName:   "The metadata definition object with name=%[1]s was not found in namespace=%[2]s.",
		noSuchID:     "Metadata definition object not found for id=%[1]s",
		nameTaken:    "A metadata definition object with name=%[1]s already exists in namespace=%[2]s.",
		wouldCollide: "Invalid update. It would result in a duplicate metadata definition object with the same name=%[1]s in namespace=%[2]s.",
	}
	MetadefProperty = &MetadefKind{
		table:        MetadefProperties,
		name:         "name",
		defaults:     Values{{Column: "json_schema", Value: "{}"}},
		notFound:     MetadefPropertyNotFound,
		duplicate:    MetadefDuplicateProperty,
		noSuchName:   "The metadata definition property with name=%[1]s was not found in namespace=%[2]s.",
		noSuchID:     "Metadata definition property not found for id=%[1]s",
		nameTaken:    "A metadata definition property with name=%[1]s already exists in namespace=%[2]s.",
		wouldCollide: "Invalid update. It would result in a duplicate metadata definition property with the same name=%[1]s in namespace=%[2]s.",
	}
	MetadefTag = &MetadefKind{
		table:        MetadefTags,
		name:         "name",
		notFound:     MetadefTagNotFound,
		duplicate:    MetadefDuplicateTag,
		noSuchName:   "The metadata definition tag with name=%[1]s was not found in namespace=%[2]s.",
		noSuchID:     "Metadata tag not found for id %[1]s",
		nameTaken:    "A metadata tag with name=%[1]s already exists in namespace=%[2]s. (Please note that metadata tag names are case insensitive).",
		wouldCollide: "A metadata tag with name=%[3]s already exists in namespace=%[2]s. (Please note that metadata tag names are case insensitive).",
	}
	MetadefResourceType = &MetadefKind{
		table:      MetadefResourceTypes,
		name:       "name",
		defaults:   Values{{Column: "protected", Value: false}},
		notFound:   MetadefResourceTypeNotFound,
		duplicate:  MetadefDuplicateResourceType,
		noSuchName: "The metadata definition resource-type with name=%[1]s, was not found.",
		nameTaken:  "A metadata definition resource-type with name=%[1]s already exists.",
	}
)

func (k *MetadefKind) errNotFound(name, namespace string) error {
	return Errorf(k.notFound, k.noSuchName, name, namespace)
}

func (k *MetadefKind) errNoSuchID(id string) error {
	return Errorf(k.notFound, k.noSuchID, id)
}

// errTaken is the error of an insert; others than duplicates pass through.
func (k *MetadefKind) errTaken(err error, name, namespace string) error {
	if isKind(err, Duplicate) {
		return Errorf(k.duplicate, k.nameTaken, name, namespace)
	}
	return err
}

// errCollides is the error of an update; others than duplicates pass through.
func (k *MetadefKind) errCollides(err error, before, namespace, after string) error {
	if isKind(err, Duplicate) {
		return Errorf(k.duplicate, k.wouldCollide, before, namespace, after)
	}
	return err
}
