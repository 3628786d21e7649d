package imagesv1

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/internal/pyjson"
)

// header makes fields of lines, their names as they are spelled.
func header(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h[name] = append(h[name], value)
	}
	return h
}

func TestReadMeta(t *testing.T) {
	for _, c := range []struct {
		name   string
		header http.Header
		values string
		props  string
	}{
		{"spellings", header("X-Image-Meta-Disk_format: raw", "x-image-meta-container-format: bare", "x_image_meta_min_ram: +5"),
			`{"disk_format": "raw", "container_format": "bare", "min_ram": 5}`, `{}`},
		{"an empty value is null, an empty number no field", header("x-image-meta-name: ", "x-image-meta-size: "), `{"name": null}`, `{}`},
		{"unknown booleans are false", header("x-image-meta-is_public: None", "x-image-meta-protected: YES"), `{"is_public": false, "protected": true}`, `{}`},
		{"Amazon's formats fill each other in", header("x-image-meta-disk_format: ami"), `{"disk_format": "ami", "container_format": "ami"}`, `{}`},
		{"properties", header("X-Image-Meta-Property-Os-Type: linux", "x-image-meta-property-Hw.Cpu: 4", "x-image-meta-property-: x"),
			`{}`, `{"": "x", "hw.cpu": "4", "os_type": "linux"}`},
		{"one name in two spellings", header("x-image-meta-property-a-b: dash", "x-image-meta-property-a_b: under"), `{}`, `{"a_b": "dash,under"}`},
		{"a repeated field", header("x-image-meta-name: 1", "x-image-meta-name: 2"), `{"name": "1,2"}`, `{}`},
		{"offsets are cut off", header("x-image-meta-created_at: 2016-05-06T07:08:09+02:00"), `{"created_at": "2016-05-06T07:08:09"}`, `{}`},
		{"without effect", header("x-image-meta-uri: x", "x-image-meta-copy_from: y", "x-other: z"), `{}`, `{}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := readMeta(c.header)
			if err != nil {
				t.Fatal(err)
			}
			wantSame(t, m.values, c.values)
			wantSame(t, m.properties, c.props)
		})
	}
}

// wantSame compares objects, whatever the order of their keys.
func wantSame(t *testing.T, got *pyjson.Object, want string) {
	t.Helper()
	v, err := pyjson.Decode([]byte(want), 5)
	if err != nil {
		t.Fatal(err)
	}
	wanted := v.(*pyjson.Object)
	same := got.Len() == wanted.Len()
	for _, key := range wanted.Keys() {
		a, _ := got.Get(key)
		b, _ := wanted.Get(key)
		same = same && a == b
	}
	if !same {
		t.Errorf("got %s, want %s", pyjson.Append(nil, got), want)
	}
}

func TestReadMetaRefuses(t *testing.T) {
	for line, want := range map[string]string{
		"X-Image-Meta-Os_hidden: x":                         "Bad header: x-image-meta-os-hidden",
		"x-image-meta-size: abc":                            "Invalid value 'abc' for parameter 'size': Cannot convert image size 'abc' to an integer.",
		"x-image-meta-min_disk: -1":                         "Invalid value '-1' for parameter 'min_disk': Cannot be a negative value.",
		"x-image-meta-disk_format: zip":                     "Invalid disk format 'zip' for image.",
		"x-image-meta-container_format: ":                   "Invalid container format 'None' for image.",
		"x-image-meta-created_at: yesterday":                "Invalid time format for created_at.",
		"x-image-meta-created_at: 1899-01-01T00:00:00":      "Invalid time format for created_at.",
		"x-image-meta-name: \xff":                           "could not be decoded by Glance",
		"x-image-meta-name: " + strings.Repeat("ü", 128):    "Image name too long: 256",
		"x-image-meta-checksum: " + strings.Repeat("0", 33): "can't exceed 32 characters",
	} {
		if _, err := readMeta(header(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", line, err)
		}
	}
	mixed := header("x-image-meta-disk_format: ami", "x-image-meta-container_format: bare")
	if _, err := readMeta(mixed); err == nil || !strings.Contains(err.Error(), "Invalid mix of disk and container formats.") {
		t.Error(err)
	}
}

func TestPurges(t *testing.T) {
	for value, want := range map[string]bool{"true": true, "1": true, "": false, "false": false, "x": false} {
		m, err := readMeta(header("x_glance_registry_purge_props: " + value))
		if err != nil || m.purges() != want {
			t.Errorf("%q: %v, %v", value, !want, err)
		}
	}
	if m, _ := readMeta(header()); !m.purges() {
		t.Error("no field merges")
	}
}

// FuzzMeta takes any header for that of an image.
func FuzzMeta(f *testing.F) {
	f.Add("X-Image-Meta-Disk_format", "raw", "x-image-meta-size", "5")
	f.Add("x-image-meta-created_at", "2016-05-06T07:08:09.5+02:00", "x-image-meta-property-a-b", "\xff")
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string) {
		defer kit.Cheap(t, len(name1)+len(value1)+len(name2)+len(value2))()
		m, err := readMeta(http.Header{name1: {value1}, name2: {value2}})
		if err != nil {
			return
		}
		for _, o := range []*pyjson.Object{m.values, m.properties} {
			for _, key := range o.Keys() {
				if text, _ := o.Get(key); text != nil {
					if s, ok := text.(string); ok && (s == "" || !utf8.ValidString(s)) {
						t.Fatalf("%q is %q", key, s)
					}
				}
			}
		}
	})
}
