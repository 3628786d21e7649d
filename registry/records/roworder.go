package records

// ListOrder sorts by a column, then by created_at and id, so that the order is
// total, all in one direction. The old service left created_at and id in this
// order where the key is one of them: to sort by id is to sort by created_at
// (registry-v2-rpc.md, 8 and 9.2).
func ListOrder(table Table, key string, direction SortKey) []SortKey {
	var keys []SortKey
	if key != "created_at" && key != "id" {
		first := direction
		first.Column = key
		if c, _ := ColumnOf(table, key); !c.Nullable {
			first.Nulls = NullsByDatabase // there are none
		}
		keys = append(keys, first)
	}
	for _, column := range []string{"created_at", "id"} {
		keys = append(keys, SortKey{Column: column, Descending: direction.Descending})
	}
	return keys
}
