package rpc

import (
	"github.com/glancegate/glancegate/registry/records"
)

// rowView makes a result of a row: its columns in that order, JSON decoded.
func rowView(row records.Row, err error, columns []string) (any, error) {
	if err != nil {
		return nil, err
	}
	return viewOf(row, columns), nil
}

// rowsView makes a result of rows.
func rowsView(rows []records.Row, err error, columns []string) (any, error) {
	if err != nil {
		return nil, err
	}
	list := make([]object, len(rows))
	for n, row := range rows {
		list[n] = viewOf(row, columns)
	}
	return list, nil
}

func viewOf(row records.Row, columns []string) object {
	o := rowObject(row, columns...)
	for n, f := range o {
		if text, ok := f.value.(string); ok && records.IsJSON(f.key) {
			o[n].value = jsonText(text)
		}
	}
	return o
}
