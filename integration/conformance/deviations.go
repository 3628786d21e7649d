package conformance

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"strings"
)

// Deviation is a case that is meant to fail, because the gateway deviates from
// the original on purpose.
type Deviation struct {
	Case   string `json:"case"`      // an id, or the beginning of some with a * behind it
	Number int    `json:"deviation"` // in docs/deviations.md
	Reason string `json:"reason"`    // what the gateway does instead
}

// Deviations is a list of them.
type Deviations []Deviation

//go:embed deviations.json
var deviations []byte

// LoadDeviations reads the list in deviations.json.
func LoadDeviations() (Deviations, error) {
	d := json.NewDecoder(bytes.NewReader(deviations))
	d.DisallowUnknownFields()
	var list Deviations
	return list, d.Decode(&list)
}

// Find gives the entry for a case, nil if there is none.
func (list Deviations) Find(id string) *Deviation {
	for i := range list {
		if list[i].covers(id) {
			return &list[i]
		}
	}
	return nil
}

func (d Deviation) covers(id string) bool {
	if prefix, isPrefix := strings.CutSuffix(d.Case, "*"); isPrefix {
		return strings.HasPrefix(id, prefix)
	}
	return id == d.Case
}
