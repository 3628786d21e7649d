package cache

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

// maxIDLength is the width of images.id.
const maxIDLength = 36

// canonical reports whether images with this id are cached. Every database compares
// such ids byte by byte. MySQL ignores case, accents and trailing blanks of other ids.
func canonical(id string) bool {
	if id == "" || len(id) > maxIDLength {
		return false
	}
	for n := range len(id) {
		c := id[n]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// concerned returns the keys of the records that a change of these ids may concern. An
// id with capital letters may match a row that is cached in lower case. It is not ok
// if any row may match.
func concerned(ids []string) (keys []string, ok bool) {
	keys = make([]string, len(ids))
	for n, id := range ids {
		if keys[n] = lower(id); !canonical(keys[n]) {
			return nil, false
		}
	}
	return keys, true
}

// exact reports whether these ids are those of the rows that changed. If not, only the
// database knows which rows they match.
func exact(ids []string) bool {
	for _, id := range ids {
		if !canonical(id) {
			return false
		}
	}
	return true
}

// lower is strings.ToLower for ASCII letters only.
func lower(id string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, id)
}

// pageKey is the first character of keys of pages. No cached id begins with it.
const pageKey = 'P'

// queryKey has everything that determines the rows of a page: queries with the same key
// have the same answer. It is not ok for queries that are not cached.
func queryKey(q *records.Query) (key string, ok bool) {
	if q.Limit < 0 || q.Limit > maxRows {
		return "", false
	}
	dst := append(make([]byte, 0, 512), pageKey)
	s := &q.Scope
	dst = appendFlags(dst, s.Restricted, s.AnyMembership, s.AllVisibilities, q.Marker != nil, s.TwoVisibilities, s.OwnDeleted)
	dst = appendNull(dst, s.Owner)
	dst = appendNull(dst, s.MemberStatus)
	dst = appendNull(dst, s.Visibility)
	dst = appendNumber(dst, uint64(q.Limit))
	dst = appendNumber(dst, uint64(len(q.Where)))
	for _, c := range q.Where {
		dst = appendText(dst, c.Column)
		dst = appendNumber(dst, uint64(c.Op))
		if dst, ok = appendValues(dst, c.Values); !ok {
			return "", false
		}
	}
	dst = appendNumber(dst, uint64(len(q.Properties)))
	for _, p := range q.Properties {
		dst = appendText(dst, p.Name)
		if dst, ok = appendValues(dst, []any{p.Value}); !ok {
			return "", false
		}
	}
	dst = appendNumber(dst, uint64(len(q.Tags)))
	for _, tag := range q.Tags {
		dst = appendText(dst, tag)
	}
	dst = appendNumber(dst, uint64(len(q.Sort)))
	for _, k := range q.Sort {
		dst = appendText(dst, k.Column)
		dst = appendFlags(dst, k.Descending)
		dst = appendNumber(dst, uint64(k.Nulls))
	}
	if q.Marker != nil {
		dst = appendMarker(dst, q)
	}
	return string(dst), true
}

// appendMarker appends what determines where the page begins: the marker's id and its
// values of the sort keys.
func appendMarker(dst []byte, q *records.Query) []byte {
	dst = appendText(dst, q.Marker.ID)
	for _, k := range q.Sort {
		dst, _ = appendValues(dst, []any{q.Marker.Column(k.Column)})
	}
	return dst
}

func appendFlags(dst []byte, flags ...bool) []byte {
	for _, f := range flags {
		if f {
			dst = append(dst, 1)
		} else {
			dst = append(dst, 0)
		}
	}
	return dst
}

func appendNumber(dst []byte, n uint64) []byte { return binary.AppendUvarint(dst, n) }

func appendText(dst []byte, text string) []byte {
	return append(appendNumber(dst, uint64(len(text))), text...)
}

func appendNull(dst []byte, v records.Null[string]) []byte {
	dst = appendFlags(dst, v.Valid)
	if !v.Valid {
		return dst
	}
	return appendText(dst, v.V)
}

// appendValues appends values with their types. It is not ok for unknown types.
func appendValues(dst []byte, values []any) ([]byte, bool) {
	dst = appendNumber(dst, uint64(len(values)))
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			dst = append(dst, 'n')
		case string:
			dst = appendText(append(dst, 's'), v)
		case records.FloatText:
			dst = appendText(append(dst, 'f'), string(v))
		case records.ListItem:
			dst = appendText(append(dst, 'l'), string(v))
		case int64:
			dst = binary.AppendVarint(append(dst, 'i'), v)
		case bool:
			dst = appendFlags(append(dst, 'b'), v)
		case time.Time:
			dst = binary.AppendVarint(append(dst, 't'), v.Unix())
			dst = appendNumber(dst, uint64(v.Nanosecond()))
		default:
			return dst, false
		}
	}
	return dst, true
}
