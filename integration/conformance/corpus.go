package conformance

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/integration/testdata"
)

// Load reads all cases for which keep is true, those of one dataset together.
func Load(keep func(*Case) bool) ([]*Case, error) {
	names, err := fs.Glob(testdata.Files, "cases/*.jsonl.gz")
	if err != nil {
		return nil, err
	}
	var cases []*Case
	for _, name := range names {
		err := each(name, func(c *Case) {
			if keep(c) {
				c.settle()
				cases = append(cases, c)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	slices.SortStableFunc(cases, func(a, b *Case) int { return strings.Compare(a.Dataset, b.Dataset) })
	return cases, nil
}

// each decodes the cases of one file.
func each(name string, use func(*Case)) error {
	text, err := open(name)
	if err != nil {
		return err
	}
	defer text.Close()
	d := newCaseDecoder(bufio.NewReader(text))
	for {
		c := new(Case)
		switch err := d.Decode(c); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		use(c)
	}
}

// open reads a packed file of the test data.
func open(name string) (io.ReadCloser, error) {
	f, err := testdata.Files.Open(name)
	if err != nil {
		return nil, err
	}
	return gzip.NewReader(f)
}

// newCaseDecoder refuses what it does not know: a part of the record that nobody
// compares would be no test.
func newCaseDecoder(text io.Reader) *json.Decoder {
	d := json.NewDecoder(text)
	d.DisallowUnknownFields()
	return d
}
