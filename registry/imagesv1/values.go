package imagesv1

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/internal/coerce"
)

// The formats of Queens.
var (
	diskFormats      = []string{"ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "iso", "ploop"}
	containerFormats = []string{"ami", "ari", "aki", "bare", "ovf", "ova", "docker"}
	amazonFormats    = []string{"aki", "ari", "ami"}
)

// The most bytes of a name and a checksum.
const (
	maxName     = 255
	maxChecksum = 32
)

// takeNumber takes a whole number as Python's int() reads it. An empty text counts
// as no field.
func (m *meta) takeNumber(column, value string) error {
	if value == "" || column == "virtual_size" && value == "None" {
		if value != "" {
			m.values.Set(column, nil)
		}
		return nil
	}
	n, ok := new(big.Int).SetString(strings.TrimPrefix(value, "+"), 10)
	if !ok {
		return httperror.BadRequestExplained(fmt.Sprintf("Invalid value '%s' for parameter '%s': Cannot convert image %[2]s '%[1]s' to an integer.",
			value, column))
	}
	if n.Sign() < 0 {
		return httperror.BadRequestExplained(fmt.Sprintf("Invalid value '%s' for parameter '%s': Cannot be a negative value.", value, column))
	}
	m.values.Set(column, json.Number(n.String()))
	return nil
}

// check refuses values that no image has.
func (m *meta) check() error {
	if err := m.checkFormats(); err != nil {
		return err
	}
	if name := m.text("name"); len(name) > maxName {
		return httperror.BadRequest(fmt.Sprintf("Image name too long: %d", len(name)))
	}
	if checksum := m.text("checksum"); len(checksum) > maxChecksum {
		return httperror.BadRequest(fmt.Sprintf("Invalid checksum '%s': can't exceed %d characters", checksum, maxChecksum))
	}
	for _, column := range []string{"created_at", "updated_at", "deleted_at"} {
		value, given := m.values.Get(column)
		if !given {
			continue
		}
		text, _ := value.(string)
		if text == "" {
			continue
		}
		if t, ok := coerce.ParseISOTime(text); !ok || t.Year() < 1900 {
			return httperror.BadRequest("Invalid time format for " + column + ".")
		}
		m.values.Set(column, zone.ReplaceAllString(text, "$1")) // cut off, not converted
	}
	return nil
}

// checkFormats wants formats that there are. One of Amazon's fills in the other.
func (m *meta) checkFormats() error {
	for _, f := range []struct {
		column, what string
		known        []string
	}{{"disk_format", "disk", diskFormats}, {"container_format", "container", containerFormats}} {
		value, given := m.values.Get(f.column)
		if !given {
			continue
		}
		if text, _ := value.(string); !slices.Contains(f.known, text) {
			if value == nil {
				text = "None"
			}
			return httperror.BadRequest(fmt.Sprintf("Invalid %s format '%s' for image.", f.what, text))
		}
	}
	disk, container := m.text("disk_format"), m.text("container_format")
	if !slices.Contains(amazonFormats, disk) && !slices.Contains(amazonFormats, container) {
		return nil
	}
	switch {
	case disk == "":
		m.values.Set("disk_format", container)
	case container == "":
		m.values.Set("container_format", disk)
	case disk != container:
		return httperror.BadRequest("Invalid mix of disk and container formats. When setting a disk or container format to one of " +
			"'aki', 'ari', or 'ami', the container and disk formats must match.")
	}
	return nil
}

// zone is what can stand behind a time.
var zone = regexp.MustCompile(`(?:[zZ]|(:\d\d(?:\.\d+)?)[+-]\d\d:?\d\d)$`)

// size is the size that the client expects, in bytes; one that no number holds is
// the largest.
func (m *meta) size() (n int64, given bool) {
	value, _ := m.values.Get("size")
	number, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	n, _ = number.Int64() // the largest where it is out of range
	return n, true
}
