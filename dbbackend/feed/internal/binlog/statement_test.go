package binlog

import (
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

func TestMeaning(t *testing.T) {
	for statement, want := range map[string]meaning{
		"BEGIN":                                  begins,
		"START TRANSACTION":                      begins,
		"COMMIT":                                 ends,
		"ROLLBACK":                               ends,
		"ROLLBACK TO `a`":                        harmless,
		"ROLLBACK WORK TO SAVEPOINT a":           harmless,
		"SAVEPOINT `a`":                          harmless,
		"XA START X'61',X'',1":                   harmless,
		"XA END X'61',X'',1":                     harmless,
		"XA COMMIT X'61',X'',1":                  endsPrepared,
		"XA ROLLBACK X'61',X'',1":                endsPrepared,
		"UPDATE images SET name = 'x'":           changes,
		"/* a */ -- b\n insert into x values(1)": changes,
		"call p()":                               changes,
		"select f()":                             changes,
		"CREATE TABLE other.t (n INT)":           harmless,
		"DROP TABLE IF EXISTS `nova`.`x`":        harmless,
		"DROP TABLE `Glance`.`x`":                changes,
		"ALTER TABLE image_members ADD x INT":    changes,
		"/*!50001 CREATE ALGORITHM=x */ VIEW v":  harmless,
		"/*!50001 DELETE */ FROM x":              changes,
		"DROP /*!40005 TEMPORARY */ TABLE `x`":   harmless,
		"TRUNCATE image_tags":                    changes,
		"# Dummy event replacing event type 160": harmless,
		"":                                       harmless,
		"/* no end":                              harmless,
	} {
		if got := meaningOf(statement, "other", "glance"); got != want {
			t.Errorf("%q: %d, want %d", statement, got, want)
		}
	}
	if meaningOf("CREATE TABLE t (n INT)", "GLANCE", "glance") != changes {
		t.Error("a table of our own schema changes nothing")
	}
}

// FuzzMeaning: whatever stands around it, a statement that names a table of
// images is never taken for harmless, unless it is a comment.
func FuzzMeaning(f *testing.F) {
	f.Add("UPDATE ", " SET name = 'x'")
	f.Add("/* a */ delete from ", "")
	f.Add("ALTER TABLE", "/*")
	f.Add("# ", "\n")
	f.Fuzz(func(t *testing.T, before, after string) {
		defer kit.Cheap(t, len(before)+len(after))()
		statement := before + " images " + after
		if meaningOf(statement, "other", "glance") != harmless || !strings.Contains(uncommented(statement), " images ") {
			return
		}
		word := strings.ToLower(strings.TrimLeft(uncommented(statement), " \t\r\n\f\v"))
		for _, control := range []string{"savepoint", "release", "rollback", "xa"} {
			if strings.Contains(word, control) {
				return
			}
		}
		t.Errorf("%q is harmless", statement)
	})
}

func TestPositions(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		m, n string
		want bool
	}{
		{"binlog.000001", "binlog.000001", "4", "5", true},
		{"binlog.000001", "binlog.000001", "5", "5", false},
		{"binlog.000002", "binlog.000001", "4", "5", false},
		{"binlog.999999", "binlog.1000000", "9", "4", true},
	} {
		a, errA := toPosition(tt.a, tt.m)
		b, errB := toPosition(tt.b, tt.n)
		if errA != nil || errB != nil || before(a, b) != tt.want {
			t.Errorf("%s:%s before %s:%s is not %v; %v, %v", tt.a, tt.m, tt.b, tt.n, tt.want, errA, errB)
		}
	}
	for file, offset := range map[string]string{"": "4", "binlog.000001": "4294967296"} {
		if _, err := toPosition(file, offset); err == nil || !strings.Contains(err.Error(), "FLUSH BINARY LOGS") {
			t.Errorf("%q, %q: %v", file, offset, err)
		}
	}
}
