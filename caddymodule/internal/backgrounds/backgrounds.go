// Package backgrounds holds what the Images API v1 does behind its answers, and its
// uploads under way. Handlers with the same database and glance-api share it, so that
// a reload ends none of it.
package backgrounds

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/caddymodule/internal/share"
	"github.com/glancegate/glancegate/registry/imagesv1"
)

var pool = share.NewPool[background]()

type background struct{ *imagesv1.Background }

// Destruct implements caddy.Destructor.
func (b background) Destruct() error {
	b.EndJobs(imagesv1.LastAttempt)
	return nil
}

// Acquire returns what goes on with the images in a database and a glance-api. The
// caller must call Release.
func Acquire(database, glanceAPI string) (*imagesv1.Background, share.Key, error) {
	key := share.KeyOf(database, glanceAPI)
	value, err := pool.Acquire(key, func() (background, error) { return background{imagesv1.NewBackground()}, nil })
	return value.Background, key, err
}

// Release gives a share back. The last one ends the jobs; requests may go on. Before
// the process ends, it cuts the uploads: their rows would stay as glance-api leaves
// them.
func Release(b *imagesv1.Background, key share.Key) {
	if caddy.Exiting() {
		b.CutUploads(imagesv1.CutTimeout)
	}
	pool.Release(key)
}
