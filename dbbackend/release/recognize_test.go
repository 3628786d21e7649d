package release

import (
	"slices"
	"strings"
	"testing"
)

// tables has the columns that matter for a state; a ? marks one that takes null.
func tables(columns ...string) map[string]map[string]bool {
	found := map[string]map[string]bool{}
	for _, c := range append(columns, "images.id", "tasks.id") {
		name, nullable := strings.CutSuffix(c, "?")
		table, column, _ := strings.Cut(name, ".")
		if found[table] == nil {
			found[table] = map[string]bool{}
		}
		found[table][column] = nullable
	}
	return found
}

// The sequence that was recorded on one MySQL database, and what else occurs.
func TestRecognize(t *testing.T) {
	old, both, modern := tables("images.is_public"), tables("images.is_public?", "images.visibility?"), tables("images.visibility")
	rocky := tables("images.visibility", "images.os_hidden", "images.os_hash_algo", "images.os_hash_value")
	newest := tables("images.visibility", "images.os_hidden", "images.os_hash_algo", "images.os_hash_value",
		"tasks.image_id?", "tasks.request_id?", "tasks.user_id?", "node_reference.node_reference_id", "cached_images.id")
	for _, row := range []struct {
		alembic []string
		migrate []int
		tables  map[string]map[string]bool
		want    string
		note    string // part of it; empty: none
	}{
		{nil, []int{44}, old, "complete, Mitaka, Newton (44)", ""},
		{nil, []int{42}, old, "complete, Mitaka, Newton (42)", ""},
		{nil, []int{41}, old, "older (41)", "older than every release"},
		{nil, []int{46}, old, "newer (46)", "does not know version 46"},
		{[]string{"ocata_expand01"}, []int{44}, both, "expanded, Mitaka, Newton to Ocata (ocata_expand01)", "db contract"},
		{[]string{"pike_expand01"}, []int{44}, both, "expanded, Mitaka, Newton to Pike (pike_expand01)", "db contract"},
		{[]string{"pike_contract01"}, []int{44}, modern, "complete, Pike (pike_contract01)", ""},
		{[]string{"rocky_expand02", "pike_contract01"}, []int{44}, rocky, "expanded, Pike to Rocky, Stein (pike_contract01, rocky_expand02)", ""},
		{[]string{"rocky_contract02"}, []int{44}, rocky, "complete, Rocky, Stein (rocky_contract02)", ""},
		{[]string{"rocky_contract02"}, []int{44}, modern, "complete, Rocky, Stein (rocky_contract02)", "lacks images.os_hash_algo, images.os_hash_value, images.os_hidden"},
		{[]string{"rocky_contract02", "train_expand01"}, nil, rocky, "expanded, Rocky, Stein to Train (rocky_contract02, train_expand01)", ""},
		{[]string{"train_contract01", "2024_1_expand01"}, nil, newest, "expanded, Train to 2024.1, 2024.2, 2025.1, 2025.2, 2026.1, 2026.2 (2024_1_expand01, train_contract01)", ""},
		{[]string{"2024_1_contract01"}, nil, newest, "complete, 2024.1, 2024.2, 2025.1, 2025.2, 2026.1, 2026.2 (2024_1_contract01)", ""},
		{[]string{"ocata01"}, []int{0}, modern, "complete, Ocata (ocata01)", ""},
		{[]string{"2027_1_contract01"}, nil, newest, "newer (2027_1_contract01)", "revision 2027_1_contract01"},
		{[]string{"2024_1_contract01", "2027_1_expand01"}, nil, newest, "newer, 2024.1, 2024.2, 2025.1, 2025.2, 2026.1, 2026.2 (2024_1_contract01, 2027_1_expand01)", "2027_1_expand01"},
		{[]string{"train_contract02"}, nil, rocky, "newer (train_contract02)", "train_contract02"},
		// db sync of a database with images, which broke off.
		{[]string{"queens_expand01"}, []int{44}, tables("images.visibility?"), "half contracted, Mitaka, Newton to Queens (queens_expand01)", "read as private"},
		{nil, nil, modern, "unversioned", "no version"},
		{nil, []int{0}, newest, "unversioned", "the version 0 in migrate_version does not fit"},
		{nil, []int{44}, rocky, "unversioned", "the version 44 in migrate_version does not fit"},
		{nil, []int{44}, both, "expanded, Mitaka, Newton (44)", "db contract"},
		{nil, []int{45}, modern, "complete, Ocata (45)", ""},
		{nil, []int{}, nil, "empty", "is empty"},
	} {
		s := Recognize(&Found{Alembic: row.alembic, Migrate: row.migrate, Tables: row.tables})
		if s.String() != row.want || !strings.Contains(s.Note, row.note) || row.note == "" && s.Note != "" {
			t.Errorf("%v, %v:\n got %s: %s\nwant %s: %s", row.alembic, row.migrate, s, s.Note, row.want, row.note)
		}
	}
	damaged := Recognize(&Found{Tables: modern, Lacking: []string{"images.owner"}, Alembic: []string{"2030_1_contract01"}})
	if damaged.Kind != Foreign || !strings.Contains(damaged.Note, "lacks images.owner, which this gateway reads") {
		t.Errorf("%s: %s", damaged, damaged.Note)
	}
	s := Recognize(&Found{Tables: map[string]map[string]bool{"x": nil}, Lacking: []string{"a.b", "c.d", "e.f", "g.h"}, Alembic: []string{"train_contract01"}})
	if s.Kind != Foreign || !strings.Contains(s.Note, "a.b, c.d, e.f and 1 more columns") {
		t.Errorf("%s: %s", s, s.Note)
	}
}

func TestRights(t *testing.T) {
	for _, k := range Kinds {
		s := State{Kind: k}
		readable := k != Foreign && k != Empty
		known := slices.Contains([]Kind{Complete, Expanded, HalfDone}, k)
		if s.Readable() != readable || s.Writable(false) != known || s.Writable(true) != readable {
			t.Errorf("%s: readable %v, writable %v, %v", k, s.Readable(), s.Writable(false), s.Writable(true))
		}
	}
}

// What the table says about columns, release by release.
func TestColumns(t *testing.T) {
	at := func(name string) map[string]bool {
		n := slices.IndexFunc(Releases, func(r Release) bool { return r.Name == name })
		return Releases[n].Columns()
	}
	for _, row := range []struct {
		release, column string
		want            bool
	}{
		{"Mitaka", "images.is_public", true}, {"Mitaka", "images.visibility", false},
		{"Ocata", "images.is_public", false}, {"Ocata", "images.visibility", true},
		{"Queens", "images.os_hidden", false}, {"Rocky", "images.os_hidden", true},
		{"Train", "tasks.user_id", false}, {"2024.1", "tasks.user_id", true},
		{"2023.1", "cached_images.id", false}, {"2024.1", "cached_images.id", true},
	} {
		if at(row.release)[row.column] != row.want {
			t.Errorf("%s has %s: %v", row.release, row.column, !row.want)
		}
	}
}

// No revision stands for two releases.
func TestRevisionsAreUnique(t *testing.T) {
	seen := map[string]string{}
	for _, r := range Releases {
		for _, id := range slices.Concat(r.Complete, r.Expand) {
			if seen[id] != "" {
				t.Errorf("%s is of %s and %s", id, seen[id], r.Name)
			}
			if len(id) > 32 {
				t.Errorf("%s does not fit into alembic_version", id)
			}
			seen[id] = r.Name
		}
	}
}
