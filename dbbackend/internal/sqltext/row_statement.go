package sqltext

import (
	"strconv"

	"github.com/glancegate/glancegate/registry/records"
)

// Selected lists the columns that a query reads, joined ones last.
func (s *Schema) Selected(q records.RowQuery) []SelectedColumn {
	var columns []SelectedColumn
	for _, c := range s.known(q.Table) {
		columns = append(columns, SelectedColumn{c.Name, "i." + c.Name, c.Kind})
	}
	if q.Join != nil {
		for _, c := range s.known(q.Join.Table) {
			columns = append(columns, SelectedColumn{records.Joined(q.Join.Table, c.Name), "j." + c.Name, c.Kind})
		}
	}
	return columns
}

// SelectedColumn is a column that is read, by its name in a Row and in SQL.
type SelectedColumn struct {
	Name, sql string
	Kind      records.Kind
}

func (d *Dialect) RowStatement(columns []SelectedColumn, q records.RowQuery) (*Statement, error) {
	st := d.NewStatement("select_" + string(q.Table)).SQL("SELECT ")
	for n, c := range columns {
		if n > 0 {
			st.SQL(", ")
		}
		st.SQL(c.sql)
	}
	st.SQL(" FROM ", string(q.Table), " i")
	if j := q.Join; j != nil {
		st.SQL(" LEFT JOIN ", string(j.Table), " j ON j.", j.Column, " = i.", j.Of)
		if err := d.allOf(st, "j.", j.Table, j.Where); err != nil {
			return nil, err
		}
	}
	st.SQL(" WHERE 1 = 1")
	if err := d.allOf(st, "i.", q.Table, q.Where); err != nil {
		return nil, err
	}
	for n, c := range q.Either {
		if n == 0 {
			st.SQL(" AND (")
		} else {
			st.SQL(" OR ")
		}
		if err := d.rowCondition(st, "i.", q.Table, c); err != nil {
			return nil, err
		}
	}
	if len(q.Either) > 0 {
		st.SQL(")")
	}
	if q.Marker != nil {
		st.SQL(" AND (")
		d.after(st, q.Table, q.Sort, func(column string) any { return q.Marker[column] })
		st.SQL(")")
	}
	d.orderBy(st, q.Sort, func(column string) string { return "i." + column })
	if q.Limit > 0 {
		st.SQL(" LIMIT ", strconv.Itoa(q.Limit))
	}
	return st, st.fits()
}

// allOf adds conditions about a table, with AND before each.
func (d *Dialect) allOf(st *Statement, alias string, table records.Table, conditions []records.Condition) error {
	for _, c := range conditions {
		st.SQL(" AND ")
		if err := d.rowCondition(st, alias, table, c); err != nil {
			return err
		}
	}
	return nil
}

func (d *Dialect) rowCondition(st *Statement, alias string, table records.Table, c records.Condition) error {
	column, known := records.ColumnOf(table, c.Column)
	if !known {
		return records.Errorf(records.BadValue, "%s is not a column of %s", c.Column, table)
	}
	if len(c.Values) == 1 {
		if s, ok := c.Values[0].(records.Selection); ok {
			return d.amongSelected(st, alias+c.Column, s)
		}
	}
	return d.compare(st, alias+c.Column, column.Kind, c)
}

func (d *Dialect) amongSelected(st *Statement, name string, s records.Selection) error {
	st.SQL(name, " IN (SELECT s.", s.Column, " FROM ", string(s.Table), " s WHERE 1 = 1")
	err := d.allOf(st, "s.", s.Table, s.Where)
	st.SQL(")")
	return err
}
