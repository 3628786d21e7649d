package rpc

import (
	"testing"
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

func TestRowViews(t *testing.T) {
	at := time.Date(2026, 11, 23, 16, 40, 10, 5000, time.UTC)
	for _, row := range []struct {
		row     records.Row
		columns []string
		want    string
	}{
		{records.Row{"id": "t", "deleted": false, "created_at": at, "foo": 1}, taskInfoColumns,
			`{"id": "t", "created_at": {"_type": "datetime", "_value": "2026-11-23T16:40:10.000005"}, "deleted": false}`},
		{records.Row{"id": "t", "input": `"é"`, "result": nil, "message": "5"}, taskInfoColumns,
			`{"id": "t", "input": "\u00e9", "result": null, "message": "5"}`},
		{records.Row{"id": int64(1), "name": "5", "json_schema": "{}"}, metadefProperty.columns, `{"id": 1, "name": "5", "json_schema": {}}`},
	} {
		got, err := appendValue(nil, viewOf(row.row, row.columns))
		if err != nil || string(got) != row.want {
			t.Errorf("got %s, %v\nwant %s", got, err, row.want)
		}
	}
}
