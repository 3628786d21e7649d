package dbbackend

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/glancegate/glancegate/dbbackend/internal/pool"
	"github.com/glancegate/glancegate/dbbackend/internal/scan"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/registry/records"
)

// A record is read by one statement: a UNION ALL of the image and its four kinds of
// children, all padded to the same columns. It needs one round trip and no aggregate
// with a length limit, and the same SQL works on all databases.

// recordRow is a row of that UNION.
type recordRow struct {
	kind    int
	imageID string
	n       [4]*int64  // image: size, virtual_size, min_disk, min_ram; child: row id
	t       [9]*string // image: see image; child: see the methods below
	b       [2]*bool   // image: protected, os_hidden; member: can_share
	created scan.Time
	updated scan.Time
	gone    scan.Time
	deleted *bool
	note    string // a problem of the row, or ""
}

// dest returns the destinations for Scan; they can be used for all rows of a result.
func (r *recordRow) dest(d *sqltext.Dialect) []any {
	r.created.Note, r.updated.Note, r.gone.Note = &r.note, &r.note, &r.note
	if !d.StrictTypes {
		return r.looseDest()
	}
	return []any{&r.kind, scan.Text{To: &r.imageID}, &r.n[0], &r.n[1], &r.n[2], &r.n[3],
		&r.t[0], &r.t[1], &r.t[2], &r.t[3], &r.t[4], &r.t[5], &r.t[6], &r.t[7], &r.t[8],
		&r.b[0], &r.b[1], &r.created, &r.updated, &r.gone, &r.deleted}
}

// looseDest is dest for databases that allow values of any type in a column.
func (r *recordRow) looseDest() []any {
	dest := []any{&r.kind, scan.Text{To: &r.imageID}}
	for n := range r.n {
		dest = append(dest, scan.Int{To: &r.n[n], Note: &r.note})
	}
	for n := range r.t {
		dest = append(dest, &r.t[n])
	}
	return append(dest, scan.Bool{To: &r.b[0], Note: &r.note}, scan.Bool{To: &r.b[1], Note: &r.note},
		&r.created, &r.updated, &r.gone, scan.Bool{To: &r.deleted, Note: &r.note})
}

// eachRecordRow runs a statement and calls f with each row, which is valid during the
// call only.
func (b *Backend) eachRecordRow(ctx context.Context, from pool.Session, st *sqltext.Statement, f func(*recordRow) error) error {
	r, err := b.run(ctx, from, st)
	if err != nil {
		return err
	}
	defer r.Close()
	var row recordRow
	dest := row.dest(b.d)
	for r.Next() {
		if err := r.Scan(dest...); err != nil {
			return err
		}
		b.odd.check(&row)
		if err := f(&row); err != nil {
			return err
		}
	}
	return r.Err()
}

func (r *recordRow) stamps() records.Stamps {
	return records.Stamps{
		CreatedAt: r.created.V, UpdatedAt: r.updated.Null(), DeletedAt: r.gone.Null(), Deleted: value(r.deleted),
	}
}

func (r *recordRow) image() *records.Image {
	return &records.Image{
		ID: r.imageID, Name: null(r.t[0]), Status: value(r.t[1]), Visibility: value(r.t[2]),
		DiskFormat: null(r.t[3]), ContainerFormat: null(r.t[4]), Checksum: null(r.t[5]), Owner: null(r.t[6]),
		OSHashAlgo: null(r.t[7]), OSHashValue: null(r.t[8]),
		Size: null(r.n[0]), VirtualSize: null(r.n[1]), MinDisk: value(r.n[2]), MinRAM: value(r.n[3]),
		Protected: value(r.b[0]), OSHidden: value(r.b[1]), Stamps: r.stamps(),
	}
}

// is reports whether an image has the row's values.
func (r *recordRow) is(i *records.Image) bool {
	return r.imageID == i.ID && null(r.t[0]) == i.Name && value(r.t[1]) == i.Status && value(r.t[2]) == i.Visibility &&
		null(r.t[3]) == i.DiskFormat && null(r.t[4]) == i.ContainerFormat && null(r.t[5]) == i.Checksum && null(r.t[6]) == i.Owner &&
		null(r.t[7]) == i.OSHashAlgo && null(r.t[8]) == i.OSHashValue &&
		null(r.n[0]) == i.Size && null(r.n[1]) == i.VirtualSize && value(r.n[2]) == i.MinDisk && value(r.n[3]) == i.MinRAM &&
		value(r.b[0]) == i.Protected && value(r.b[1]) == i.OSHidden && r.stamps() == i.Stamps
}

// addTo adds a child to its image.
func (r *recordRow) addTo(i *records.Image) error {
	id := value(r.n[0])
	switch r.kind {
	case sqltext.PropertyRow:
		i.Properties = append(i.Properties, records.Property{
			RowID: id, Name: value(r.t[0]), Value: null(r.t[1]), Stamps: r.stamps(),
		})
	case sqltext.LocationRow:
		i.Locations = append(i.Locations, records.Location{
			RowID: id, URL: value(r.t[0]), Metadata: null(r.t[1]), Status: value(r.t[2]), Stamps: r.stamps(),
		})
	case sqltext.MemberRow:
		i.Members = append(i.Members, records.Member{
			RowID: id, ImageID: r.imageID, Member: value(r.t[0]), Status: value(r.t[1]),
			CanShare: value(r.b[0]), Stamps: r.stamps(),
		})
	case sqltext.TagRow:
		i.Tags = append(i.Tags, records.Tag{RowID: id, Value: value(r.t[0]), Stamps: r.stamps()})
	default:
		return fmt.Errorf("row of unknown kind %d", r.kind)
	}
	return nil
}

// sortChildren puts the children into the order that records.Image promises.
func sortChildren(i *records.Image) {
	slices.SortFunc(i.Properties, func(a, b records.Property) int { return cmp.Compare(a.RowID, b.RowID) })
	slices.SortFunc(i.Locations, func(a, b records.Location) int { return cmp.Compare(a.RowID, b.RowID) })
	slices.SortFunc(i.Members, func(a, b records.Member) int { return cmp.Compare(a.RowID, b.RowID) })
	slices.SortFunc(i.Tags, func(a, b records.Tag) int { return cmp.Compare(a.RowID, b.RowID) })
}

func null[T any](v *T) records.Null[T] {
	if v == nil {
		return records.Null[T]{}
	}
	return records.NullOf(*v)
}

func value[T any](v *T) (zero T) {
	if v == nil {
		return zero
	}
	return *v
}
