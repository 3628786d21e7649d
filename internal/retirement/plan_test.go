package retirement

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	moment, err := ParseTime(s)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func weekly(t *testing.T, day, clock string, length time.Duration) Brownout {
	t.Helper()
	b, err := ParseWeekly(day, clock, length)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPhases(t *testing.T) {
	plan := Plan{
		Sunset: at(t, "2027-06-30T00:00:00Z"), AfterSunset: Reads, ReadsFor: 48 * time.Hour,
		Brownouts: []Brownout{
			{Start: at(t, "2027-01-12T10:00:00Z"), Length: 15 * time.Minute},
			weekly(t, "Tue", "22:50", 20*time.Minute),
		},
	}
	for moment, want := range map[string]Phase{
		"2027-01-12T09:59:59Z":      Ordinary,
		"2027-01-12T10:00:00Z":      InBrownout,
		"2027-01-12T11:14:59+01:00": InBrownout,
		"2027-01-12T10:15:00Z":      Ordinary,
		"2027-01-12T22:50:00Z":      InBrownout, // a Tuesday
		"2027-01-12T23:09:59Z":      InBrownout,
		"2027-01-12T23:10:00Z":      Ordinary,
		"2027-01-13T22:55:00Z":      Ordinary,
		"1969-12-30T22:55:00Z":      InBrownout, // a Tuesday, too
		"2027-06-29T23:59:59Z":      Ordinary,
		"2027-06-30T00:00:00Z":      ReadsOnly,
		"2027-07-01T23:59:59Z":      ReadsOnly,
		"2027-07-02T00:00:00Z":      Ended,
	} {
		if phase, _ := plan.At(at(t, moment)); phase != want {
			t.Errorf("%s: got phase %d, want %d", moment, phase, want)
		}
	}
	plan.AfterSunset = Serve
	if phase, _ := plan.At(at(t, "2027-07-06T22:55:00Z")); phase != InBrownout {
		t.Errorf("a sunset that is only announced ends the brownouts: %d", phase)
	}
}

func TestNextBrownout(t *testing.T) {
	plan := Plan{
		Sunset: at(t, "2027-01-20"), AfterSunset: Refuse,
		Brownouts: []Brownout{
			{Start: at(t, "2027-01-12T10:00:00Z"), Length: time.Hour},
			{Start: at(t, "2027-01-12T10:30:00Z"), Length: time.Hour},
			{Start: at(t, "2027-01-12T11:30:00Z"), Length: time.Minute},
			{Start: at(t, "2027-01-19T23:00:00Z"), Length: 2 * time.Hour},
		},
	}
	for moment, want := range map[string]Window{
		"2027-01-01":           {at(t, "2027-01-12T10:00:00Z"), at(t, "2027-01-12T11:31:00Z")},
		"2027-01-12T11:15:00Z": {at(t, "2027-01-12T10:30:00Z"), at(t, "2027-01-12T11:31:00Z")},
		"2027-01-13":           {at(t, "2027-01-19T23:00:00Z"), at(t, "2027-01-20")},
		"2027-01-20":           {},
		"2027-02-01":           {},
	} {
		if got, ok := plan.Next(at(t, moment)); got != want || ok != (want != Window{}) {
			t.Errorf("%s: got %v, want %v", moment, got, want)
		}
	}
}

// A moment is in a brownout exactly if one of its windows covers it, whatever the
// others are, and the end that is announced is the end of all that meet.
func TestMomentsOfBrownouts(t *testing.T) {
	base := at(t, "2027-01-01")
	rapid.Check(t, func(t *rapid.T) {
		minutes := func(label string, low, high int) time.Duration {
			return time.Duration(rapid.IntRange(low, high).Draw(t, label)) * time.Minute
		}
		plan := Plan{Brownouts: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Brownout {
			return Brownout{
				Start:  base.Add(minutes("start", -20000, 20000)),
				Length: minutes("length", 1, 3000), Weekly: rapid.Bool().Draw(t, "weekly"),
			}
		}), 0, 4).Draw(t, "brownouts")}
		now := base.Add(minutes("now", -40000, 40000))
		covered := func(moment time.Time) bool {
			for _, b := range plan.Brownouts {
				since := moment.Sub(b.Start)
				if b.Weekly {
					since = (since%week + week) % week
				}
				if since >= 0 && since < b.Length {
					return true
				}
			}
			return false
		}
		phase, until := plan.At(now)
		if got := phase == InBrownout; got != covered(now) {
			t.Fatalf("in a brownout: %v, want %v", got, covered(now))
		}
		if phase != InBrownout || until.Sub(now) >= maxJoined-week {
			return
		}
		if covered(until) {
			t.Fatalf("the brownout goes on at its end, %v", until)
		}
		for moment := now; moment.Before(until); moment = moment.Add(time.Minute) {
			if !covered(moment) {
				t.Fatalf("no brownout at %v, before its end", moment)
			}
		}
	})
}

func TestTimesAreRefused(t *testing.T) {
	for _, s := range []string{"", "2027-13-01", "2027-06-30 10:00", "tomorrow"} {
		if _, err := ParseTime(s); err == nil {
			t.Errorf("%q is taken for a time", s)
		}
	}
	for _, s := range [][2]string{{"", "10:00"}, {"Tu", "10:00"}, {"Tux", "10:00"}, {"Tuesdays", "10:00"}, {"Tue", "25:00"}, {"Tue", "10"}} {
		if _, err := ParseWeekly(s[0], s[1], time.Minute); err == nil {
			t.Errorf("%q is taken for a time of the week", s)
		}
	}
	if _, err := ParseWeekly("Tuesday", "10:00", 8*24*time.Hour); err == nil {
		t.Error("a weekly brownout of eight days is taken")
	}
}

func TestAnnouncement(t *testing.T) {
	plan := Plan{Deprecated: at(t, "2026-12-01"), Sunset: at(t, "2027-06-30"), Link: "https://wiki.example.com/registry"}
	h := http.Header{}
	plan.Announce(h)
	want := http.Header{
		"Deprecation": {"@1796083200"},
		"Sunset":      {"Wed, 30 Jun 2027 00:00:00 GMT"},
		"Link": {`<https://wiki.example.com/registry>; rel="deprecation"; type="text/html"`,
			`<https://wiki.example.com/registry>; rel="sunset"; type="text/html"`},
	}
	if !reflect.DeepEqual(h, want) {
		t.Errorf("got %v, want %v", h, want)
	}
	h = http.Header{}
	new(Plan).Announce(h)
	if len(h) > 0 {
		t.Errorf("a plan without dates announces %v", h)
	}
}

func TestNotices(t *testing.T) {
	plan := Plan{
		Sunset: at(t, "2027-06-30"), AfterSunset: Reads, ReadsFor: 24 * time.Hour,
		Brownouts: []Brownout{
			{Start: at(t, "2027-06-28T10:00:00Z"), Length: 15 * time.Minute},
			{Start: at(t, "2027-06-28T11:00:00Z"), Length: 15 * time.Minute},
		},
	}
	want := []string{
		"2027-05-31T00:00:00Z sunset ahead",
		"2027-06-23T00:00:00Z sunset ahead",
		"2027-06-27T10:00:00Z brownout ahead",
		"2027-06-27T11:00:00Z brownout ahead",
		"2027-06-28T09:00:00Z brownout ahead",
		"2027-06-28T09:55:00Z brownout ahead",
		"2027-06-28T10:00:00Z brownout ahead", // of the second
		"2027-06-28T10:00:00Z brownout begins",
		"2027-06-28T10:15:00Z brownout ends",
		"2027-06-28T10:55:00Z brownout ahead",
		"2027-06-28T11:00:00Z brownout begins",
		"2027-06-28T11:15:00Z brownout ends",
		"2027-06-29T00:00:00Z sunset ahead",
		"2027-06-30T00:00:00Z sunset",
		"2027-07-01T00:00:00Z reads end",
	}
	var got []string
	now := at(t, "2027-01-01")
	for {
		notices := plan.Notices(now)
		if len(notices) == 0 {
			break
		}
		for _, n := range notices {
			got, now = append(got, n.At.Format(time.RFC3339)+" "+string(n.Event)), n.At
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	plan = Plan{Brownouts: []Brownout{weekly(t, "Tue", "10:00", time.Hour)}}
	now = at(t, "2027-01-12T10:30:00Z")
	for _, want := range []string{"2027-01-12T11:00:00Z brownout ends", "2027-01-18T10:00:00Z brownout ahead"} {
		n := plan.Notices(now)[0]
		if got := n.At.Format(time.RFC3339) + " " + string(n.Event); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		now = n.At
	}
}
