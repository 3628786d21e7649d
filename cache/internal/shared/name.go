package shared

import (
	"hash/fnv"
	"strconv"
	"time"
)

// Name is the key of a value and the group that it belongs to. Both are in one
// slot of a Redis Cluster.
type Name struct {
	group, key string
	longest    time.Duration // that a value stays in Redis; 0: for the TTL
}

// longestList is how long a list stays in Redis at most. Any change voids all of
// them, and nobody else would take them away.
const longestList = time.Minute

// groups is how many groups the records of images are in. A change voids the
// values of a whole group, which is little, and groups leave no trace of ids
// that somebody only asked for.
const groups = 1024

// Record is the name of the record of an image.
func (t *Tier) Record(id string) Name {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	tag := t.Prefix + ":{" + strconv.Itoa(int(h.Sum32()%groups)) + "}:"
	return Name{group: tag + "token", key: tag + "image:" + id}
}

// List is the name of the page that a query gives. The query, in which owners
// stand, is not readable in it.
func (t *Tier) List(query string) Name {
	return Name{
		group: t.listGroup(), key: t.Prefix + ":{lists}:list:" + t.Sealer.Name(query), longest: longestList,
	}
}

func (t *Tier) listGroup() string { return t.Prefix + ":{lists}:token" }

func (t *Tier) channel() string { return t.Prefix + ":changes" }

func (t *Tier) epochKey() string { return t.Prefix + ":epoch" }
