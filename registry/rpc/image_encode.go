package rpc

import (
	"strconv"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// imageView is an image as a caller sees it (registry-v2-rpc.md, 4.1).
type imageView struct {
	image       *records.Image
	service     *registry.Service
	caller      *access.Caller
	showDeleted bool // deleted locations, too
	v1          bool // is_public in the place of visibility
	isPublic    bool // is_public besides visibility
	tags        bool
}

// form numbers the views of an image by what they depend on.
func (v imageView) form() records.Form {
	form := records.RPCForms
	for bit, on := range [...]bool{v.service.LocationsHidden(v.caller, v.image), v.showDeleted, v.v1, v.isPublic, v.tags, v.service.Withholds(v.caller)} {
		if on {
			form |= 1 << bit
		}
	}
	return form
}

// appendJSON implements appender.
func (v imageView) appendJSON(dst []byte) ([]byte, error) {
	return v.image.AppendForm(dst, v.form(), v.encode)
}

// encode writes an image. Properties are rows, deleted ones included; clients
// distinguish them. Hardened gateways withhold some.
func (v imageView) encode(dst []byte) ([]byte, error) {
	i := v.image
	dst, err := appendObject(dst, object{
		{"id", i.ID}, {"name", i.Name}, {"status", i.Status}, v.visibility(), {"owner", i.Owner},
		{"protected", i.Protected}, {"os_hidden", i.OSHidden}, {"disk_format", i.DiskFormat},
		{"container_format", i.ContainerFormat}, {"size", i.Size}, {"virtual_size", i.VirtualSize},
		{"min_disk", i.MinDisk}, {"min_ram", i.MinRAM}, {"checksum", i.Checksum},
		{"os_hash_algo", i.OSHashAlgo}, {"os_hash_value", i.OSHashValue},
		{"created_at", i.CreatedAt}, {"updated_at", i.UpdatedAt}, {"deleted_at", i.DeletedAt}, {"deleted", i.Deleted},
	})
	if err != nil {
		return dst, err
	}
	dst = dst[:len(dst)-1]
	if v.isPublic && !v.v1 {
		dst = append(dst, `, "is_public": `...)
		dst = strconv.AppendBool(dst, i.Visibility == records.Public)
	}
	dst = append(dst, `, "properties": `...)
	if dst, err = appendProperties(dst, i, v.service.Withholds(v.caller)); err != nil {
		return dst, err
	}
	dst = append(dst, `, "locations": `...)
	if dst, err = appendLocations(dst, v.service.VisibleLocations(v.caller, i, v.showDeleted)); err != nil {
		return dst, err
	}
	if v.tags {
		dst = appendTags(append(dst, `, "tags": `...), i)
	}
	return append(dst, '}'), nil
}

func (v imageView) visibility() field {
	switch {
	case v.v1:
		return field{"is_public", v.image.Visibility == records.Public}
	case v.image.Visibility == "":
		return field{"visibility", nil}
	}
	return field{"visibility", v.image.Visibility}
}

func appendProperties(dst []byte, i *records.Image, withhold bool) ([]byte, error) {
	dst = append(dst, '[')
	var err error
	separator := ""
	for n := range i.Properties {
		p := &i.Properties[n]
		if withhold && p.Hidden() {
			continue
		}
		dst = append(dst, separator...)
		separator = ", "
		dst, err = appendObject(dst, object{
			{"id", p.RowID}, {"image_id", i.ID}, {"name", p.Name}, {"value", p.Value},
			{"created_at", p.CreatedAt}, {"updated_at", p.UpdatedAt}, {"deleted_at", p.DeletedAt}, {"deleted", p.Deleted},
		})
		if err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func appendLocations(dst []byte, locations []records.Location) ([]byte, error) {
	dst = append(dst, '[')
	var err error
	for n, l := range locations {
		if n > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(dst, `{"id": `...)
		dst = strconv.AppendInt(dst, l.RowID, 10)
		dst = append(dst, `, "url": `...)
		dst = pyjson.AppendString(dst, l.URL)
		dst = append(dst, `, "metadata": `...)
		if dst, err = appendValue(dst, jsonOrNull(l.Metadata)); err != nil {
			return dst, err
		}
		dst = append(dst, `, "status": `...)
		dst = pyjson.AppendString(dst, l.Status)
		dst = append(dst, '}')
	}
	return append(dst, ']'), nil
}

func jsonOrNull(v records.Null[string]) any {
	if !v.Valid {
		return nil
	}
	return jsonText(v.V)
}

func appendTags(dst []byte, i *records.Image) []byte {
	dst = append(dst, '[')
	separator := ""
	for _, t := range i.Tags {
		if t.Deleted {
			continue
		}
		dst = pyjson.AppendString(append(dst, separator...), t.Value)
		separator = ", "
	}
	return append(dst, ']')
}
