package census

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
)

// Report is who called, as one file or the sum of several has it.
type Report struct {
	// Nodes are the gateways whose counts are in it, and when each has counted last.
	Nodes map[string]time.Time `json:"nodes"`

	// Callers begin with the one that called last.
	Callers []Summary `json:"callers"`
}

// Summary is what one caller did, in the time that is kept.
type Summary struct {
	Caller
	Name   string           `json:"name,omitempty"` // of the peer, where names are looked up
	First  time.Time        `json:"first_seen"`
	Last   time.Time        `json:"last_seen"`
	Reads  int64            `json:"reads"`
	Writes int64            `json:"writes"`
	Routes map[string]int64 `json:"routes"` // calls by route
	Hours  map[int64]int64  `json:"hours"`  // calls by hour since 1970, of the last week
}

// reportedHours is how far back a report has the calls of each hour.
const reportedHours = 7 * 24

// maxReported bounds the callers of a report; the file has more.
const maxReported = 500

// report reads the file.
func (f *file) report(ctx context.Context, now time.Time) (*Report, error) {
	rows, err := f.db.QueryContext(ctx, "SELECT id, peer, project, agent, kind, first_seen, last_seen FROM callers ORDER BY last_seen DESC, id LIMIT ?", maxReported)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	byID := make(map[int64]*Summary)
	r := &Report{Nodes: map[string]time.Time{f.node: now.UTC()}}
	var order []*Summary
	for rows.Next() {
		s := &Summary{Routes: map[string]int64{}, Hours: map[int64]int64{}}
		var id, first, last int64
		if err := rows.Scan(&id, &s.Peer, &s.Project, &s.Agent, &s.Kind, &first, &last); err != nil {
			return nil, err
		}
		s.First, s.Last = time.Unix(first, 0).UTC(), time.Unix(last, 0).UTC()
		byID[id] = s
		order = append(order, s)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := f.countInto(ctx, byID, hourOf(now)-reportedHours); err != nil {
		return nil, err
	}
	for _, s := range order {
		r.Callers = append(r.Callers, *s)
	}
	return r, nil
}

// countInto adds the calls to the callers of a report.
func (f *file) countInto(ctx context.Context, callers map[int64]*Summary, since int64) error {
	rows, err := f.db.QueryContext(ctx, "SELECT hour, caller, route, write, n FROM calls")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var hour, caller, n int64
		var route string
		var write bool
		if err := rows.Scan(&hour, &caller, &route, &write, &n); err != nil {
			return err
		}
		s := callers[caller]
		if s == nil {
			continue
		}
		s.Routes[route] += n
		if write {
			s.Writes += n
		} else {
			s.Reads += n
		}
		if hour > since {
			s.Hours[hour] += n
		}
	}
	return rows.Err()
}

// Sum adds reports of several nodes up.
func Sum(reports ...*Report) *Report {
	sum := &Report{Nodes: map[string]time.Time{}}
	callers := make(map[Caller]*Summary)
	for _, r := range reports {
		if r == nil {
			continue
		}
		maps.Copy(sum.Nodes, r.Nodes)
		for _, s := range r.Callers {
			into, known := callers[s.Caller]
			if !known {
				into = &Summary{Caller: s.Caller, First: s.First, Last: s.Last, Routes: map[string]int64{}, Hours: map[int64]int64{}}
				callers[s.Caller] = into
			}
			into.add(s)
		}
	}
	for _, s := range callers {
		sum.Callers = append(sum.Callers, *s)
	}
	slices.SortFunc(sum.Callers, func(a, b Summary) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Peer, b.Peer), cmp.Compare(a.Project, b.Project), cmp.Compare(a.Agent, b.Agent))
	})
	return sum
}

func (s *Summary) add(other Summary) {
	if other.First.Before(s.First) {
		s.First = other.First
	}
	if other.Last.After(s.Last) {
		s.Last = other.Last
	}
	s.Reads += other.Reads
	s.Writes += other.Writes
	for route, n := range other.Routes {
		s.Routes[route] += n
	}
	for hour, n := range other.Hours {
		s.Hours[hour] += n
	}
}
