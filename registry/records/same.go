package records

import "reflect"

// Same reports whether two records have the same row and the same children.
func (i *Image) Same(other *Image) bool {
	a, b := *i, *other
	a.forms, b.forms = nil, nil
	return reflect.DeepEqual(&a, &b)
}
