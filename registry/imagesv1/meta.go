package imagesv1

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/internal/pyjson"
)

// meta is what the header fields of a request say about an image
// (public-images-api-v1.md, 4).
type meta struct {
	values     *pyjson.Object // by column name, as the registry takes them
	properties *pyjson.Object

	location string // of data elsewhere
	store    string // to upload into
	copyFrom registryText
	purge    registryText // x-glance-registry-purge-props
}

// registryText is a field that may be missing.
type registryText struct {
	given bool
	text  string
}

const (
	metaPrefix     = "x-image-meta-"
	propertyPrefix = "x-image-meta-property-"
)

// fields are the names behind the prefix; those without effect are there as well.
var fields = []string{
	"location", "size", "is_public", "disk_format", "container_format", "name", "status", "copy_from", "uri", "checksum", "created_at",
	"updated_at", "deleted_at", "min_ram", "min_disk", "owner", "store", "id", "protected", "deleted", "virtual_size",
}

// readMeta reads and checks the fields. Its errors are pages.
func readMeta(h http.Header) (*meta, error) {
	m := &meta{values: pyjson.NewObject(), properties: pyjson.NewObject()}
	for _, f := range foldedFields(h) {
		if err := m.take(f.name, f.value); err != nil {
			return nil, err
		}
	}
	return m, m.check()
}

// field is a field of the header, its name in lower case and with dashes.
type field struct{ name, value string }

// foldedFields joins fields whose names differ in case, dashes and underscores
// only, as fields that are repeated are joined. Dashes come first.
func foldedFields(h http.Header) []field {
	var names []string
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	var list []field
	for _, name := range names {
		value := strings.Join(h[name], ",")
		folded := strings.ReplaceAll(strings.ToLower(name), "_", "-")
		if n := slices.IndexFunc(list, func(f field) bool { return f.name == folded }); n >= 0 {
			list[n].value += "," + value
			continue
		}
		list = append(list, field{folded, value})
	}
	return list
}

func (m *meta) take(name, value string) error {
	switch name {
	case "x-glance-api-copy-from":
		m.copyFrom = registryText{true, value}
		return nil
	case "x-glance-registry-purge-props":
		m.purge = registryText{true, value}
		return nil
	}
	if !strings.HasPrefix(name, metaPrefix) {
		return nil
	}
	value = strings.TrimSpace(value)
	if !utf8.ValidString(value) {
		return undecodable()
	}
	if property, found := strings.CutPrefix(name, propertyPrefix); found {
		m.properties.Set(strings.ReplaceAll(property, "-", "_"), textOrNull(value))
		return nil
	}
	column := strings.ReplaceAll(strings.TrimPrefix(name, metaPrefix), "-", "_")
	if !slices.Contains(fields, column) {
		return httperror.BadRequest("Bad header: " + name)
	}
	return m.takeField(column, value)
}

func (m *meta) takeField(column, value string) error {
	switch column {
	case "copy_from", "uri":
	case "location":
		m.location = value
	case "store":
		m.store = value
	case "size", "min_disk", "min_ram", "virtual_size":
		return m.takeNumber(column, value)
	case "is_public", "protected", "deleted":
		m.values.Set(column, truthyText(value))
	default:
		m.values.Set(column, textOrNull(value))
	}
	return nil
}

// textOrNull is a text of a header: an empty one is null.
func textOrNull(value string) any {
	if value == "" {
		return nil
	}
	return value
}

// truthyText takes everything that it does not know for false.
func truthyText(value string) bool {
	switch strings.ToLower(value) {
	case "t", "true", "on", "y", "yes", "1":
		return true
	}
	return false
}

// purges reports whether an update without data deletes the properties that it does
// not name.
func (m *meta) purges() bool { return !m.purge.given || truthyText(strings.TrimSpace(m.purge.text)) }

// text is a value that is a text; empty where it is null or missing.
func (m *meta) text(column string) string {
	value, _ := m.values.Get(column)
	text, _ := value.(string)
	return text
}
