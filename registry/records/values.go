package records

// Assignment gives a column a value: nil, string, int64, bool or time.Time. A
// text column also takes a bool, a FloatText or a ListItem, which the database turns into
// text in its own way: true is "1" on MySQL and "true" on PostgreSQL.
type Assignment struct {
	Column string
	Value  any
}

// FloatText is a number with a fraction or an exponent that stands where a text
// belongs, as Python writes it. MySQL writes it in its own way.
type FloatText string

// ListItem is the only item of a list that stands where a text belongs. What a
// database makes of it differs.
type ListItem string

// Values are the columns of one INSERT or UPDATE, in order.
type Values []Assignment

// Set adds a column or replaces its value.
func (v *Values) Set(column string, value any) {
	for i := range *v {
		if (*v)[i].Column == column {
			(*v)[i].Value = value
			return
		}
	}
	*v = append(*v, Assignment{Column: column, Value: value})
}

// Default adds a column unless it has a value that is not null.
func (v *Values) Default(column string, value any) {
	for _, a := range *v {
		if a.Column == column && a.Value != nil {
			return
		}
	}
	v.Set(column, value)
}

// Get returns the value of a column and whether it is among the values.
func (v Values) Get(column string) (any, bool) {
	for _, a := range v {
		if a.Column == column {
			return a.Value, true
		}
	}
	return nil, false
}
