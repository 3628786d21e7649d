// Package explore tries every order of events in a small model of a protocol. Tests
// of such models share it.
package explore

// Shortest tries every state that can follow from start, the nearest first. It returns how
// many states there are, or, if one is wrong, what is wrong and the states that lead
// there. wrong returns "" for a state that is right.
func Shortest[S comparable](start S, next func(S) []S, wrong func(S) string) (states int, problem string, path []S) {
	from := map[S]S{start: start}
	for queue := []S{start}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		if problem := wrong(s); problem != "" {
			for s != from[s] {
				path = append([]S{s}, path...)
				s = from[s]
			}
			return len(from), problem, path
		}
		for _, n := range next(s) {
			if _, seen := from[n]; !seen {
				from[n] = s
				queue = append(queue, n)
			}
		}
	}
	return len(from), "", nil
}
