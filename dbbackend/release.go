package dbbackend

import (
	"context"
	"strings"

	"github.com/glancegate/glancegate/registry"
)

// revisions are the alembic revisions of Glance's releases, without the part
// that says contract or expand (database-schema.md, 2.2).
var revisions = map[string]bool{
	"liberty": true, "mitaka01": true, "mitaka02": true, "ocata01": true, "pike01": true,
	"ocata": true, "pike": true, "queens": true, "rocky": true, "train": true, "ussuri": true, "wallaby": true,
	"xena": true, "yoga": true, "zed": true, "2023_1": true, "2024_1": true,
}

func knownRevision(id string) bool {
	for _, step := range []string{"_contract", "_expand"} {
		if release, _, found := strings.Cut(id, step); found {
			return revisions[release]
		}
	}
	return revisions[id]
}

// unknownRevision is a revision of the schema that is newer than this program,
// or empty.
func (b *Backend) unknownRevision(ctx context.Context, s *schema) (string, error) {
	if !s.has("alembic_version", "version_num") {
		return "", nil
	}
	r, err := b.pool.query(ctx, b.d.statement("schema_revision").sql("SELECT version_num FROM alembic_version"))
	if err != nil {
		return "", err
	}
	defer r.Close()
	unknown := ""
	for r.Next() {
		var id string
		if err := r.Scan(&id); err != nil {
			return "", err
		}
		if !knownRevision(id) {
			unknown = id
		}
	}
	return unknown, r.Err()
}

// checkWritable refuses to write where columns may have come that a writer has
// to know. What is read is right all the same.
func (s *schema) checkWritable() error {
	if s.unknown == "" {
		return nil
	}
	return registry.Errorf(registry.ReadOnly, "Read-only access: the database has the schema revision %s, "+
		"which this gateway does not know (allow_unknown_schema)", s.unknown)
}
