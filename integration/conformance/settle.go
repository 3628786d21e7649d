package conformance

import "github.com/glancegate/glancegate/integration/servers"

// settle sorts the unordered lists of the record by the same key as those of
// fresh answers. Nothing else in it changes: it is in the normal form already.
func (c *Case) settle() {
	for i := range c.Steps {
		c.Steps[i].Response.settle(c.Steps[i].Request)
		c.Steps[i].Database.settle()
	}
	for _, steps := range c.Variants {
		for i, v := range steps {
			if v.Response != nil {
				v.Response.settle(c.Steps[i].Request)
			}
			v.Database.settle()
		}
	}
}

func (r *Response) settle(request Request) {
	// As on MySQL: the locations of a record stay where they are.
	n := normalizer{dialect: servers.MySQL}
	r.Body.Value = n.body(request, r.Body.Value)
}

func (c Changes) settle() {
	n := normalizer{dialect: servers.MySQL}
	for _, rows := range c {
		for i, row := range rows {
			rows[i] = n.value(row, "")
		}
		sortByText(rows)
	}
}
