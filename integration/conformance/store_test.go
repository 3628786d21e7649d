package conformance

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// onEach runs a test on every database, with a dataset loaded.
func onEach(t *testing.T, dataset string, test func(*testing.T, *store)) {
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			s, err := newStore(t.Context(), servers.NewDatabase(t, dialect))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.close() })
			set, err := LoadDataset(dataset)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.load(t.Context(), set); err != nil {
				t.Fatal(err)
			}
			test(t, s)
		})
	}
}

func (s *store) mustExec(t *testing.T, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if s.dialect == servers.MySQL {
			statement = strings.ReplaceAll(statement, `"`, "`")
		}
		if _, err := s.conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func (s *store) mustSnapshot(t *testing.T) snapshot {
	t.Helper()
	now, err := s.snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// What is read back must be what the dataset has, whatever the database made of
// it, so that all three databases give the same changes.
func TestSnapshotIsTheDataset(t *testing.T) {
	for _, name := range []string{"small", "paging"} {
		set, err := LoadDataset(name)
		if err != nil {
			t.Fatal(err)
		}
		onEach(t, name, func(t *testing.T, s *store) {
			n := normalizer{}
			for _, table := range tables {
				var got, want []any
				for _, r := range s.pristine[table.name] {
					got = append(got, n.row(s.columns[table.name], r))
				}
				for _, cells := range set.Tables[table.name] {
					r := map[string]any{}
					for c, v := range cells {
						r[c] = v
						if text, isText := v.(string); isText && isJSON(c) {
							r[c] = n.cell(c, text)
						}
					}
					want = append(want, r)
				}
				sortByText(got)
				sortByText(want)
				if !same(got, want) {
					t.Errorf("%s: got %s, want %s", table.name, short(got), short(want))
				}
			}
		})
	}
}

func TestChangesAndReset(t *testing.T) {
	const anImage = "73cf256d-0000-4000-8000-000000000001"
	now := time.Now().UTC().Format("2006-01-02 15:04:05")
	later := time.Now().UTC().Add(time.Second).Format("2006-01-02 15:04:05")
	onEach(t, "small", func(t *testing.T, s *store) {
		yes := map[bool]string{true: "TRUE", false: "1"}[s.dialect == servers.PostgreSQL]
		s.mustExec(t,
			`UPDATE images SET name='renamed', protected=`+yes+`, updated_at='`+now+`' WHERE id='`+anImage+`'`,
			`DELETE FROM image_tags WHERE id=999`,
			`INSERT INTO image_properties (created_at, deleted, image_id, name, "value") SELECT '`+now+`', deleted, id, 'made', '1' FROM images WHERE id='`+anImage+`'`,
			`UPDATE task_info SET result='{"a": 1.0}' WHERE task_id=(SELECT min(id) FROM tasks)`,
		)
		dirty := s.mustSnapshot(t)
		got := s.changes(s.pristine, dirty, nil)
		if tables := slices.Sorted(maps.Keys(got)); !slices.Equal(tables, []string{"image_properties", "image_tags", "images", "task_info"}) {
			t.Errorf("changed tables: %s", tables)
		}
		for table, want := range map[string]string{
			"images":           `[{"op":"update","key":{"id":"` + anImage + `"},"set":{"name":"renamed","protected":true,"updated_at":"<now>"}}]`,
			"image_tags":       `[{"op":"delete","key":{"id":999}}]`,
			"image_properties": `[{"op":"insert","row":{"id":"<rowid>","image_id":"` + anImage + `","name":"made","value":"1","created_at":"<now>","updated_at":null,"deleted_at":null,"deleted":false}}]`,
		} {
			if !same(got[table], mustParse(t, want)) {
				t.Errorf("%s: got %s, want %s", table, short(got[table]), want)
			}
		}

		// A second change of the same time is none.
		s.mustExec(t, `UPDATE images SET updated_at='`+later+`' WHERE id='`+anImage+`'`)
		if again := s.changes(dirty, s.mustSnapshot(t), nil); len(again) > 0 {
			t.Errorf("changed again: %s", short(again["images"]))
		}

		if err := s.reset(t.Context(), dirty); err != nil {
			t.Fatal(err)
		}
		if left := s.changes(s.pristine, s.mustSnapshot(t), nil); len(left) > 0 {
			t.Errorf("not undone: %v", left)
		}
	})
}

// SQLite stores what it is given; a replay must see that.
func TestSnapshotShowsTheStoredType(t *testing.T) {
	s, err := newStore(t.Context(), servers.NewDatabase(t, servers.SQLite))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	s.mustExec(t, `INSERT INTO tasks (id, type, status, owner, deleted, created_at, updated_at, expires_at)
		VALUES ('x', 'import', 1.5, 'o', 2, '2015-01-01 00:00:00', '2015-01-01T00:00:00Z', '2015-01-01 00:00:00.500')`)
	row := normalizer{}.row(s.columns["tasks"], s.mustSnapshot(t)["tasks"]["x"])
	for column, want := range map[string]string{
		"deleted": `2`, "created_at": `"2015-01-01T00:00:00"`, "updated_at": `"2015-01-01T00:00:00Z"`, "expires_at": `"2015-01-01T00:00:00.500"`,
	} {
		if !same(row[column], mustParse(t, want)) {
			t.Errorf("%s: got %s, want %s", column, short(row[column]), want)
		}
	}
}

func BenchmarkSnapshot(b *testing.B) {
	for _, dialect := range servers.Dialects {
		b.Run(string(dialect), func(b *testing.B) {
			s, err := newStore(context.Background(), servers.NewDatabase(b, dialect))
			if err != nil {
				b.Fatal(err)
			}
			defer s.close()
			set, err := LoadDataset("small")
			if err == nil {
				err = s.load(context.Background(), set)
			}
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := s.snapshot(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
