package schema

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// Dialect is an SQL dialect.
type Dialect string

// The dialects. MySQL is MariaDB's, too.
const (
	PostgreSQL Dialect = "postgresql"
	MySQL      Dialect = "mysql"
	SQLite     Dialect = "sqlite"
)

//go:embed ddl
var ddl embed.FS

// types are what the files have in common, and how a database calls it.
var types = map[Dialect]*strings.Replacer{
	MySQL: strings.NewReplacer(
		"BIGSERIAL NOT NULL", "BIGINT NOT NULL AUTO_INCREMENT", "SERIAL NOT NULL", "INTEGER NOT NULL AUTO_INCREMENT",
		" VISIBILITY", " ENUM('private', 'public', 'shared', 'community')"),
	PostgreSQL: strings.NewReplacer("DATETIME", "TIMESTAMP WITHOUT TIME ZONE", " VISIBILITY", " image_visibility"),
	SQLite: strings.NewReplacer(
		"BIGSERIAL NOT NULL", "INTEGER NOT NULL", "SERIAL NOT NULL", "INTEGER NOT NULL", " VISIBILITY", " VARCHAR(9)"),
}

// statementEnd is a semicolon, unless an indented line follows: statements may
// have others inside.
var statementEnd = regexp.MustCompile(`;\n+([^\t\n])`)

// Statements reads the statements of a file. A comment in front of one names the
// database that it is for, and "online" where it is left out of a migration that
// runs while no service does.
func Statements(name string, dialect Dialect, online bool) ([]string, error) {
	text, err := ddl.ReadFile("ddl/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // nothing to do
	}
	if err != nil {
		return nil, err
	}
	_, body, _ := strings.Cut(string(text), "\n\n") // behind the title
	var list []string
	for _, s := range strings.Split(statementEnd.ReplaceAllString(strings.TrimSpace(body)+"\n", ";\x00$1"), ";\x00") {
		s = strings.TrimSpace(s)
		if first, rest, commented := strings.Cut(s, "\n"); commented && strings.HasPrefix(first, "-- ") {
			kind, when, _ := strings.Cut(strings.TrimPrefix(first, "-- "), " ")
			if Dialect(kind) != dialect || when == "online" && !online {
				continue
			}
			s = rest
		}
		s = strings.TrimSuffix(types[dialect].Replace(s), ";")
		if dialect == MySQL && strings.HasPrefix(s, "CREATE TABLE") {
			s += " ENGINE=InnoDB DEFAULT CHARSET=utf8mb3"
		}
		list = append(list, s)
	}
	return list, nil
}

// run runs the statements of a file.
func (db DB) run(ctx context.Context, name string, online bool) error {
	list, err := Statements(name, db.Dialect, online)
	if err != nil {
		return err
	}
	return db.execute(ctx, list)
}

// execute runs statements, in one transaction where the database can undo them.
func (db DB) execute(ctx context.Context, list []string) error {
	if db.Dialect == MySQL {
		for _, s := range list {
			if _, err := db.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("%w\n%s", err, s)
			}
		}
		return nil
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	all := strings.Join(list, ";\n")
	if _, err := tx.ExecContext(ctx, all); err != nil {
		return fmt.Errorf("%w\n%s", err, all)
	}
	return tx.Commit()
}
