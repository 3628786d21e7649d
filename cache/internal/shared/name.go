package shared

import (
	"hash/fnv"
	"strconv"
	"time"
)

// Name is the key of a value and that of its group. Both are in the same slot of a
// Redis Cluster.
type Name struct {
	group, key string
	maxTTL     time.Duration // of the value in Redis; 0: Config.TTL
}

// maxListTTL bounds how long a list stays in Redis. Any change invalidates all lists,
// and only the TTL removes them.
const maxListTTL = time.Minute

// groups is the number of groups for records of images. A change invalidates all
// values of a group, which are few. Requests for unknown ids create no further keys.
const groups = 1024

// Record names the record of an image.
func (t *Tier) Record(id string) Name {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	tag := t.Prefix + ":{" + strconv.Itoa(int(h.Sum32()%groups)) + "}:"
	return Name{group: tag + "token", key: tag + "image:" + id}
}

// List names the page of a query. The query, which contains owners, can't be read
// from the name.
func (t *Tier) List(query string) Name {
	return Name{
		group: t.listGroup(), key: t.Prefix + ":{lists}:list:" + t.Sealer.Name(query), maxTTL: maxListTTL,
	}
}

func (t *Tier) listGroup() string { return t.Prefix + ":{lists}:token" }

func (t *Tier) channel() string { return t.Prefix + ":changes" }

func (t *Tier) epochKey() string { return t.Prefix + ":epoch" }
