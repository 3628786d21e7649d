package codec

import (
	"runtime"
	"testing"
	"weak"
)

// A record of a page that is kept keeps nothing else of the page.
func TestRecordsAreApart(t *testing.T) {
	text, err := Encode(sample())
	if err != nil {
		t.Fatal(err)
	}
	images, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	kept, other := images[0], weak.Make(images[1])
	images = nil
	runtime.GC()
	if other.Value() != nil {
		t.Error("the other record is in memory still")
	}
	runtime.KeepAlive(kept)
}
