package dbbackend

import (
	"strconv"

	"github.com/glancegate/glancegate/registry/records"
)

// selected lists the columns that a query reads, the joined ones last.
func (s *schema) selected(q records.RowQuery) []selected {
	var columns []selected
	for _, c := range s.known(q.Table) {
		columns = append(columns, selected{c.Name, "i." + c.Name, c.Kind})
	}
	if q.Join != nil {
		for _, c := range s.known(q.Join.Table) {
			columns = append(columns, selected{records.Joined(q.Join.Table, c.Name), "j." + c.Name, c.Kind})
		}
	}
	return columns
}

// selected is a column that is read, by its name in a Row and in SQL.
type selected struct {
	name, sql string
	kind      records.Kind
}

func (d *dialect) rowStatement(columns []selected, q records.RowQuery) (*statement, error) {
	st := d.statement("select_" + string(q.Table)).sql("SELECT ")
	for n, c := range columns {
		if n > 0 {
			st.sql(", ")
		}
		st.sql(c.sql)
	}
	st.sql(" FROM ", string(q.Table), " i")
	if j := q.Join; j != nil {
		st.sql(" LEFT JOIN ", string(j.Table), " j ON j.", j.Column, " = i.", j.Of)
		if err := d.allOf(st, "j.", j.Table, j.Where); err != nil {
			return nil, err
		}
	}
	st.sql(" WHERE 1 = 1")
	if err := d.allOf(st, "i.", q.Table, q.Where); err != nil {
		return nil, err
	}
	for n, c := range q.Either {
		if n == 0 {
			st.sql(" AND (")
		} else {
			st.sql(" OR ")
		}
		if err := d.rowCondition(st, "i.", q.Table, c); err != nil {
			return nil, err
		}
	}
	if len(q.Either) > 0 {
		st.sql(")")
	}
	if q.Marker != nil {
		st.sql(" AND (")
		d.after(st, q.Table, q.Sort, func(column string) any { return q.Marker[column] })
		st.sql(")")
	}
	d.orderBy(st, q.Sort, func(column string) string { return "i." + column })
	if q.Limit > 0 {
		st.sql(" LIMIT ", strconv.Itoa(q.Limit))
	}
	return st, st.fits()
}

// allOf adds conditions about a table with AND in front of each.
func (d *dialect) allOf(st *statement, alias string, table records.Table, conditions []records.Condition) error {
	for _, c := range conditions {
		st.sql(" AND ")
		if err := d.rowCondition(st, alias, table, c); err != nil {
			return err
		}
	}
	return nil
}

func (d *dialect) rowCondition(st *statement, alias string, table records.Table, c records.Condition) error {
	column, known := records.ColumnOf(table, c.Column)
	if !known {
		return records.Errorf(records.BadValue, "%s is no column of %s", c.Column, table)
	}
	if len(c.Values) == 1 {
		if s, ok := c.Values[0].(records.Selection); ok {
			return d.amongSelected(st, alias+c.Column, s)
		}
	}
	return d.compare(st, alias+c.Column, column.Kind, c)
}

func (d *dialect) amongSelected(st *statement, name string, s records.Selection) error {
	st.sql(name, " IN (SELECT s.", s.Column, " FROM ", string(s.Table), " s WHERE 1 = 1")
	err := d.allOf(st, "s.", s.Table, s.Where)
	st.sql(")")
	return err
}
