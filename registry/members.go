package registry

import (
	"slices"
	"strings"
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

// deleteMembers soft-deletes some of the memberships of an image.
func (w *childWriter) deleteMembers(all, gone []records.Member) error {
	times := removalTimes(all, gone, w.now)
	for n, m := range gone {
		if err := w.update(records.ImageMembers, m.RowID, records.Values{
			{Column: "deleted", Value: true}, {Column: "deleted_at", Value: times[n]},
		}); err != nil {
			return err
		}
	}
	return nil
}

func liveMembers(all []records.Member) []records.Member {
	return slices.DeleteFunc(slices.Clone(all), func(m records.Member) bool { return m.Deleted })
}

// membersGoTogether reports whether all live memberships can be deleted with the
// same time, which one statement does.
func membersGoTogether(all []records.Member, now time.Time) bool {
	return !slices.ContainsFunc(removalTimes(all, liveMembers(all), now), func(t time.Time) bool { return !t.Equal(now) })
}

// removalTimes are what deleted_at becomes for memberships that are deleted.
// (image_id, member, deleted_at) is unique: of two memberships of one project,
// and of one that is deleted twice within a second where the column keeps no
// fractions, one gets a later time. Otherwise it would never be deleted.
func removalTimes(all, gone []records.Member, now time.Time) []time.Time {
	taken := map[string][]time.Time{}
	for _, m := range all {
		if m.DeletedAt.Valid && !slices.ContainsFunc(gone, func(g records.Member) bool { return g.RowID == m.RowID }) {
			key := likeMember(m.Member)
			taken[key] = append(taken[key], m.DeletedAt.V)
		}
	}
	times := make([]time.Time, len(gone))
	for n, m := range gone {
		key := likeMember(m.Member)
		at := now
		for slices.ContainsFunc(taken[key], func(t time.Time) bool { return sameTime(t, at) }) {
			at = at.Add(time.Second)
		}
		times[n] = at
		// The column may keep less of it than this.
		taken[key] = append(taken[key], at.Truncate(time.Second))
	}
	return times
}

// sameTime reports whether a time of the database can be the one that is stored
// next. One without a fraction may have lost it, by truncation or by rounding.
func sameTime(stored, next time.Time) bool {
	if stored.Nanosecond() == 0 {
		return next.Sub(stored).Abs() < time.Second
	}
	return stored.Equal(next)
}

// likeMember is the same for all names that some database takes for equal.
func likeMember(name string) string {
	for _, r := range name {
		if r > 127 {
			return "\x00" // accents and the like: better one too many
		}
	}
	return strings.ToLower(strings.TrimRight(name, " "))
}
