package servers

import (
	"os"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { Main(m) }

func TestNewDatabase(t *testing.T) {
	for _, dialect := range Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			first, second := NewDatabase(t, dialect), NewDatabase(t, dialect)
			if first.URL == second.URL {
				t.Fatalf("two tests share %s", first.URL)
			}
			first.Exec(t, "INSERT INTO alembic_version (version_num) VALUES ('another')")
			if n := Value[int](t, first, "SELECT count(*) FROM alembic_version"); n != 2 {
				t.Errorf("%d versions, want 2", n)
			}
			if version := Value[string](t, second, "SELECT version_num FROM alembic_version"); version != "train_contract01" {
				t.Errorf("version %q", version)
			}
		})
	}
}

// The recorded order of lists and equality of text hold for these settings only.
func TestServerSettings(t *testing.T) {
	for dialect, queries := range map[Kind]map[string]string{
		PostgreSQL: {
			"SHOW server_encoding": "UTF8",
			"SELECT datcollate FROM pg_database WHERE datname=current_database()": "C.UTF-8",
			"SHOW timezone": "UTC",
		},
		MySQL: {
			"SELECT @@character_set_database": "utf8mb3",
			"SELECT @@collation_database":     "utf8mb3_general_ci",
			"SELECT @@global.time_zone":       "+00:00",
		},
	} {
		t.Run(string(dialect), func(t *testing.T) {
			db := NewEmptyDatabase(t, dialect)
			for query, want := range queries {
				var got string
				if err := db.DB.QueryRow(query).Scan(&got); err != nil || got != want {
					t.Errorf("%s: %q, want %q (%v)", query, got, want, err)
				}
			}
		})
	}
}

func TestNewRedis(t *testing.T) {
	first, second := NewRedis(t), NewRedis(t)
	if first == second || !strings.HasPrefix(first, "redis://127.0.0.1:") {
		t.Errorf("%s and %s", first, second)
	}
}

func TestStopRemovesTheFolder(t *testing.T) {
	Require(t, Redis)
	f, err := newFolder(Redis)
	if err != nil {
		t.Fatal(err)
	}
	p, err := launch(f, redisProgram(f.root), "--port", "0", "--unixsocket", f.file("socket"))
	if err != nil {
		f.remove()
		t.Fatal(err)
	}
	p.stop(os.Interrupt)
	if _, err := os.Stat(f.path); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", f.path, err)
	}
}

func TestSweepLeavesWhatIsInUse(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	used, err := newFolder(Redis)
	if err != nil {
		t.Fatal(err)
	}
	defer used.remove()
	left, err := newFolder(Redis)
	if err != nil {
		t.Fatal(err)
	}
	_ = left.held.Close() // as the end of the process does
	sweep(Redis)
	if _, err := os.Stat(used.path); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(left.path); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", left.path, err)
	}
}
