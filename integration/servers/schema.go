package servers

import (
	"strings"

	"github.com/glancegate/glancegate/integration/testdata"
)

// schema reads the statements that make the tables of a release of Glance. No
// statement in those files has a semicolon inside.
func schema(release string, dialect Kind) ([]string, error) {
	text, err := testdata.Files.ReadFile("schema/" + release + "." + string(dialect) + ".sql")
	if err != nil {
		return nil, err
	}
	statements := strings.Split(strings.TrimSpace(string(text)), ";\n")
	for i, s := range statements {
		statements[i] = strings.TrimSuffix(strings.TrimSpace(s), ";")
	}
	return statements, nil
}
