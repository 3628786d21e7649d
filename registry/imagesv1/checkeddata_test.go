package imagesv1

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/glancegate/glancegate/registry/records"
)

// Data that are as expected are read as they are, in pieces of any size; of others
// the last byte is never read.
func TestCheckedData(t *testing.T) {
	const text = "hello"
	const md5 = "5d41402abc4b2a76b9719d911017c592"
	other := records.NullOf(strings.Repeat("0", 32))
	for _, c := range []struct {
		name string
		from io.Reader
		most int64
		want expectation
		text string
		err  string
	}{
		{"nothing expected", strings.NewReader(text), -1, expectation{}, text, ""},
		{"byte by byte", iotest.OneByteReader(strings.NewReader(text)), -1, expectation{5, records.NullOf(md5)}, text, ""},
		{"end with the data", iotest.DataErrReader(strings.NewReader(text)), 5, expectation{5, records.NullOf(md5)}, text, ""},
		{"empty", strings.NewReader(""), -1, expectation{}, "", ""},
		{"size 0 is none", strings.NewReader(text), -1, expectation{size: 0}, text, ""},
		{"size", strings.NewReader(text), -1, expectation{size: 4}, "hell", "Supplied size (4) and size generated from uploaded image (5)"},
		{"empty, but not expected so", strings.NewReader(""), -1, expectation{size: 4}, "", "(0) did not match"},
		{"checksum", strings.NewReader(text), -1, expectation{checksum: other}, "hell", "Supplied checksum (000"},
		{"upper case", strings.NewReader(text), -1, expectation{checksum: records.NullOf(strings.ToUpper(md5))}, "hell", "Supplied checksum"},
		{"too large", iotest.OneByteReader(strings.NewReader(text)), 3, expectation{}, "he", "larger than 3 bytes"},
		{"client gone", io.MultiReader(strings.NewReader(text), iotest.ErrReader(errors.New("reset"))), -1, expectation{}, "hell", "Client disconnected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newCheckedData(c.from, c.most, c.want)
			got, err := io.ReadAll(d)
			if string(got) != c.text {
				t.Errorf("read %q, want %q", got, c.text)
			}
			if c.err == "" && (err != nil || d.why() != nil) || c.err != "" && (err == nil || d.why() == nil || !strings.Contains(d.why().Error(), c.err)) {
				t.Errorf("got %v and %v, want %q", err, d.why(), c.err)
			}
		})
	}
}
