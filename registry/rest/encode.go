package rest

import (
	"fmt"
	"strconv"
	"time"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/answer"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// view is how an image is shown.
type view struct {
	service     *registry.Service
	caller      *access.Caller
	showDeleted bool // deleted locations, too
	hidePublic  bool // leave is_public out, as the answer to a DELETE does
}

type imageEncoder func(dst []byte, i *records.Image, v view) ([]byte, error)

// The forms of an image (records.Form): the full ones are numbered by their
// view, the brief one comes among them.
const (
	locationsHidden records.Form = 1 << iota
	deletedShown
	publicHidden
	briefForm
	withheld
	metadataForm
)

func (v view) form(i *records.Image) records.Form {
	var form records.Form
	if v.service.LocationsHidden(v.caller, i) {
		form |= locationsHidden
	}
	if v.showDeleted {
		form |= deletedShown
	}
	if v.hidePublic {
		form |= publicHidden
	}
	if v.service.Withholds(v.caller) {
		form |= withheld
	}
	return form
}

func appendBrief(dst []byte, i *records.Image, _ view) ([]byte, error) {
	return i.AppendForm(dst, briefForm, func(dst []byte) ([]byte, error) { return encodeBrief(dst, i), nil })
}

func encodeBrief(dst []byte, i *records.Image) []byte {
	dst = append(dst, `{"id": `...)
	dst = pyjson.AppendString(dst, i.ID)
	dst = appendText(dst, `, "name": `, i.Name)
	dst = appendInt(dst, `, "size": `, i.Size)
	dst = appendText(dst, `, "disk_format": `, i.DiskFormat)
	dst = appendText(dst, `, "container_format": `, i.ContainerFormat)
	dst = appendText(dst, `, "checksum": `, i.Checksum)
	return append(dst, '}')
}

func appendFull(dst []byte, i *records.Image, v view) ([]byte, error) {
	return i.AppendForm(dst, v.form(i), func(dst []byte) ([]byte, error) { return encodeFull(dst, i, v) })
}

// encodeFull writes the 20 keys of an image (registry-v1.md, 4.1).
func encodeFull(dst []byte, i *records.Image, v view) ([]byte, error) {
	dst = encodeColumns(dst, i, v.hidePublic)
	hidden := func(p *records.Property) bool { return v.service.Withholds(v.caller) && p.Hidden() }
	return appendLocations(appendProperties(dst, i, hidden), i, v)
}

// AppendMetadata writes an image as the Images API v1 shows it: without its
// locations.
func AppendMetadata(dst []byte, i *records.Image) []byte {
	dst, _ = i.AppendForm(dst, metadataForm, func(dst []byte) ([]byte, error) {
		dst = encodeColumns(dst, i, false)
		return append(appendProperties(dst, i, (*records.Property).OfGlance), '}'), nil
	})
	return dst
}

// AppendBrief writes an image as it is in a list without details.
func AppendBrief(dst []byte, i *records.Image) []byte {
	dst, _ = appendBrief(dst, i, view{})
	return dst
}

// encodeColumns writes the keys that are columns, and leaves the object open.
func encodeColumns(dst []byte, i *records.Image, hidePublic bool) []byte {
	dst = append(dst, `{"id": `...)
	dst = pyjson.AppendString(dst, i.ID)
	dst = appendText(dst, `, "name": `, i.Name)
	dst = append(dst, `, "status": `...)
	dst = pyjson.AppendString(dst, i.Status)
	dst = appendInt(dst, `, "size": `, i.Size)
	dst = appendInt(dst, `, "virtual_size": `, i.VirtualSize)
	dst = appendText(dst, `, "disk_format": `, i.DiskFormat)
	dst = appendText(dst, `, "container_format": `, i.ContainerFormat)
	dst = append(dst, `, "min_disk": `...)
	dst = strconv.AppendInt(dst, i.MinDisk, 10)
	dst = append(dst, `, "min_ram": `...)
	dst = strconv.AppendInt(dst, i.MinRAM, 10)
	if !hidePublic {
		dst = append(dst, `, "is_public": `...)
		dst = strconv.AppendBool(dst, i.Visibility == records.Public)
	}
	dst = appendText(dst, `, "checksum": `, i.Checksum)
	dst = appendText(dst, `, "owner": `, i.Owner)
	dst = append(dst, `, "protected": `...)
	dst = strconv.AppendBool(dst, i.Protected)
	dst = appendTime(dst, `, "created_at": `, records.NullOf(i.CreatedAt))
	dst = appendTime(dst, `, "updated_at": `, i.UpdatedAt)
	dst = appendTime(dst, `, "deleted_at": `, i.DeletedAt)
	dst = append(dst, `, "deleted": `...)
	return strconv.AppendBool(dst, i.Deleted)
}

func appendProperties(dst []byte, i *records.Image, hidden func(*records.Property) bool) []byte {
	dst = append(dst, `, "properties": {`...)
	separator := ""
	for n := range i.Properties {
		p := &i.Properties[n]
		if p.Deleted || hidden(p) {
			continue
		}
		dst = append(dst, separator...)
		dst = pyjson.AppendString(dst, p.Name)
		dst = appendText(dst, ": ", p.Value)
		separator = ", "
	}
	return append(dst, '}')
}

// appendLocations writes the locations that the caller may see, and the first
// active one of them once more by itself.
func appendLocations(dst []byte, i *records.Image, v view) ([]byte, error) {
	dst = append(dst, `, "location_data": [`...)
	var first records.Null[string]
	for n, l := range v.service.VisibleLocations(v.caller, i, v.showDeleted) {
		if n > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(dst, `{"id": `...)
		dst = strconv.AppendInt(dst, l.RowID, 10)
		dst = append(dst, `, "url": `...)
		dst = pyjson.AppendString(dst, l.URL)
		var err error
		if dst, err = appendMetadata(dst, i, l); err != nil {
			return dst, err
		}
		dst = append(dst, `, "status": `...)
		dst = pyjson.AppendString(dst, l.Status)
		dst = append(dst, '}')
		if !first.Valid && l.Status == records.StatusActive {
			first = records.NullOf(l.URL)
		}
	}
	dst = append(dst, ']')
	dst = appendText(dst, `, "location": `, first)
	return append(dst, '}'), nil
}

func appendMetadata(dst []byte, i *records.Image, l records.Location) ([]byte, error) {
	dst = append(dst, `, "metadata": `...)
	if !l.Metadata.Valid {
		return append(dst, "null"...), nil
	}
	if !pyjson.Valid(l.Metadata.V) {
		return dst, fmt.Errorf("image %s: location %d has meta_data that is no JSON", i.ID, l.RowID)
	}
	return pyjson.AppendASCII(dst, l.Metadata.V), nil
}

func appendText(dst []byte, key string, v records.Null[string]) []byte {
	dst = append(dst, key...)
	if !v.Valid {
		return append(dst, "null"...)
	}
	return pyjson.AppendString(dst, v.V)
}

func appendInt(dst []byte, key string, v records.Null[int64]) []byte {
	dst = append(dst, key...)
	if !v.Valid {
		return append(dst, "null"...)
	}
	return strconv.AppendInt(dst, v.V, 10)
}

// appendTime writes UTC without a zone, with six digits.
func appendTime(dst []byte, key string, v records.Null[time.Time]) []byte {
	dst = append(dst, key...)
	if !v.Valid {
		return append(dst, "null"...)
	}
	return v.V.AppendFormat(dst, `"`+coerce.TimeLayout+`"`)
}

func writeImage(q *request, i *records.Image, v view) error {
	return answer.JSON(q.w, q.http, func(dst []byte) ([]byte, error) {
		dst = append(dst, `{"image": `...)
		dst, err := appendFull(dst, i, v)
		return append(dst, '}'), err
	})
}
