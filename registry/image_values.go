package registry

import (
	"encoding/json"
	"math"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// imageValues are the parts of an image in a request.
type imageValues struct {
	columns    *pyjson.Object // by column name, not yet coerced
	properties *pyjson.Object
	locations  []location

	fromPublic bool // whether the visibility is made of is_public

	// The old service found these errors late: that of the visibility behind the
	// image's existence and the right to change it, that of the children behind
	// the image's own columns.
	visibilityErr, childErr error
}

// takeApart checks the texts of an image, splits its children off and settles
// is_public and owner. The object it is given stays as it is.
func takeApart(values *pyjson.Object) (*imageValues, error) {
	if err := coerce.CheckFourByte(values); err != nil {
		return nil, err
	}
	v := &imageValues{columns: values.Clone()}
	if v.childErr = v.takeProperties(); v.childErr == nil {
		v.childErr = v.takeLocations()
	}
	v.visibilityErr = v.settleVisibility()
	if owner, ok := v.columns.Get("owner"); ok && !pyjson.Truthy(owner) {
		v.columns.Set("owner", nil)
	}
	return v, nil
}

func (v *imageValues) takeProperties() error {
	raw, ok := v.columns.Get("properties")
	if !ok {
		return nil
	}
	v.columns.Delete("properties")
	if v.properties, ok = raw.(*pyjson.Object); !ok {
		return coerce.BadValue("properties", "must be an object")
	}
	return nil
}

// settleVisibility turns is_public into visibility; what is not public becomes
// shared, never private (registry-v1.md, 4.10).
func (v *imageValues) settleVisibility() error {
	isPublic, ok := v.columns.Get("is_public")
	if !ok {
		return nil
	}
	v.columns.Delete("is_public")
	if _, both := v.columns.Get("visibility"); both {
		return records.Errorf(records.Invalid, "Specifying both 'visibility' and 'is_public' is not permiitted.")
	}
	v.fromPublic = true
	v.columns.Set("visibility", records.Shared)
	if pyjson.Truthy(isPublic) {
		v.columns.Set("visibility", records.Public)
	}
	return nil
}

// checkStatus refuses unknown statuses. required also refuses none.
func (v *imageValues) checkStatus(required bool) error {
	status, _ := v.columns.Get("status")
	if !pyjson.Truthy(status) {
		if required {
			return records.Errorf(records.Invalid, "Image status is required.")
		}
		return nil
	}
	text, ok := status.(string)
	if !ok {
		text = string(pyjson.Append(nil, status))
	}
	if !ok || !knownStatus(text) {
		return records.Errorf(records.Invalid, "Invalid image status '%s' for image.", text)
	}
	return nil
}

// checkRange refuses minima that do not fit. They must be numbers here.
func (v *imageValues) checkRange() error {
	for _, name := range []string{"min_disk", "min_ram"} {
		value, ok := v.columns.Get(name)
		if !ok {
			continue
		}
		switch n := value.(type) {
		case bool:
		case json.Number:
			if f, err := n.Float64(); err != nil || f > math.MaxInt32 {
				return records.Errorf(records.Invalid, "'%s' value out of range, must not exceed %d.", name, math.MaxInt32)
			}
		default:
			return coerce.BadValue(name, "must be an integer")
		}
	}
	return nil
}

// rows coerces the columns that images has; other keys are ignored. A null
// counts as absent where nullIsDefault is set and the column takes no null.
func (v *imageValues) row(nullIsDefault bool) (records.Values, error) {
	var row records.Values
	for _, key := range v.columns.Keys() {
		c, ok := records.ColumnOf(records.Images, key)
		if !ok {
			continue
		}
		value, _ := v.columns.Get(key)
		if value == nil && nullIsDefault {
			c.Nullable = true
		}
		coerced, err := coerce.Value(c, value)
		if err != nil {
			return nil, err
		}
		row.Set(key, coerced)
	}
	return row, nil
}

// listedStatuses are those that a list of live images shows: all but killed.
var listedStatuses = []any{
	records.StatusActive, records.StatusSaving, records.StatusQueued, records.StatusPendingDelete, records.StatusDeleted,
	records.StatusDeactivated, records.StatusImporting, records.StatusUploading,
}

// listedBeforePike are those that registries before Pike knew of them.
var listedBeforePike = listedStatuses[:len(listedStatuses)-2]

func knownStatus(s string) bool {
	if s == records.StatusKilled {
		return true
	}
	for _, known := range listedStatuses {
		if s == known {
			return true
		}
	}
	return false
}
