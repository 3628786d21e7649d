package glanceconf

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/glancegate/glancegate/glanceconf/internal/osloconf"
)

// protectionOption names a file that says who may see and change which properties.
// glance-api enforced it, the registry never knew it.
const protectionOption = "property_protection_file"

const ofProtections = "belongs to glance-api, which alone protects properties. The public API v1 of the gateway, images_v1, would show what they hide: " +
	"do not add it to this configuration"

// apiNames are the files and folders that glance-api reads in a folder; later ones win.
var apiNames = []string{"glance.conf", "glance-api.conf", "glance.conf.d", "glance-api.conf.d"}

// Protections says where the configuration of a glance-api in a folder of this machine
// sets property_protection_file; empty: nowhere.
func Protections(folder string) (place string, err error) {
	r := &reader{in: Input{Root: os.DirFS("/")}}
	e, err := r.protections(folder)
	if err != nil || e == nil {
		return "", err
	}
	return e.Place(), nil
}

// protections finds the entry that counts in a folder; nil: there is none.
func (r *reader) protections(folder string) (last *osloconf.Entry, err error) {
	for _, name := range r.apiFiles(folder) {
		content, err := r.readFile(name)
		if err != nil {
			return nil, err
		}
		entries, err := osloconf.Parse(name, content)
		if err != nil {
			return nil, err
		}
		for i := range entries {
			if e := &entries[i]; e.Key == protectionOption && osloconf.Canonical(e.Section) == osloconf.Default {
				last = e
			}
		}
	}
	if last == nil || last.Value == "" {
		return nil, nil
	}
	return last, nil
}

// apiFiles are the files of a glance-api in a folder, in the order in which they count.
func (r *reader) apiFiles(folder string) (files []string) {
	for _, base := range apiNames {
		name := path.Join(folder, base)
		if !strings.HasSuffix(base, ".d") {
			if r.exists(name) {
				files = append(files, name)
			}
			continue
		}
		entries, err := fs.ReadDir(r.in.Root, inRoot(name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			files = append(files, name) // reading it will say why
		}
		for _, entry := range entries {
			if !entry.IsDir() && strings.HasSuffix(entry.Name(), ".conf") {
				files = append(files, path.Join(name, entry.Name()))
			}
		}
	}
	return files
}

// readProtections looks at the glance-api beside the registry: images_v1 is near at
// hand, and knows nothing of its protections.
func (r *reader) readProtections() {
	folder := path.Dir(r.in.File)
	e, err := r.protections(folder)
	switch {
	case err != nil:
		r.warn(folder, "glance-api's configuration can't be read (%v); if it sets %s, do not add images_v1 to this configuration", err, protectionOption)
	case e != nil:
		r.findAt(Warn, value{text: e.Value, set: true, entry: e}, "%s", ofProtections)
	}
}
