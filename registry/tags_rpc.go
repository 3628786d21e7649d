package registry

import (
	"context"
	"errors"
	"slices"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// CreateTag adds a tag to an image; it may be there already. A tag is a JSON
// value that a text column takes.
func (s *Service) CreateTag(ctx context.Context, c *access.Caller, imageID string, tag any) error {
	value, err := coerceTag(tag)
	if err != nil {
		return err
	}
	return s.changeChildren(ctx, c, imageID, func(w *childWriter) error {
		return w.insert(records.ImageTags, records.Values{{Column: "value", Value: value}})
	})
}

// DeleteTag soft-deletes a tag, as often as the image has it. The database
// compares: MySQL takes no notice of case, unless the image has the tag as it is
// spelled, or several others that are alike.
func (s *Service) DeleteTag(ctx context.Context, c *access.Caller, imageID string, tag any) error {
	if err := checkID(imageID); err != nil {
		return err
	}
	value, err := coerce.Value(records.Column{Name: "value", Nullable: true}, tag)
	if err != nil {
		return err
	}
	return s.changeChildren(ctx, c, imageID, func(w *childWriter) error {
		alike, err := w.tx.Rows(w.ctx, records.RowQuery{Table: records.ImageTags, Where: []records.Condition{
			records.Is("image_id", imageID), records.Is("value", value), records.Is("deleted", false),
		}})
		if err != nil {
			return err
		}
		if len(alike) == 0 {
			return records.Errorf(records.NotFound, "An object with the specified identifier was not found.")
		}
		spelled := func(as any) []records.Row {
			return slices.DeleteFunc(slices.Clone(alike), func(r records.Row) bool { return r["value"] != as })
		}
		gone := spelled(value)
		if len(gone) == 0 {
			gone = spelled(alike[0]["value"])
			if len(gone) < len(alike) {
				return coerce.BadValue("value", "is a tag that the image has in several spellings: Multiple rows were found for one()")
			}
		}
		return w.deleteTags(gone)
	})
}

func (w *childWriter) deleteTags(rows []records.Row) error {
	for _, row := range rows {
		if err := w.update(records.ImageTags, row.Int("id"), records.Values{
			{Column: "deleted", Value: true}, {Column: "deleted_at", Value: w.now},
		}); err != nil {
			return err
		}
	}
	return nil
}

// Tags lists the live tags of an image in the order in which they were added.
func (s *Service) Tags(ctx context.Context, c *access.Caller, imageID string) ([]string, error) {
	if err := checkID(imageID); err != nil {
		return nil, err
	}
	if s.Harden {
		if _, err := s.Image(ctx, c, imageID, false); err != nil {
			return nil, err
		}
	}
	image, err := s.Store.Image(ctx, imageID)
	var known *records.Error
	switch {
	case errors.As(err, &known) && known.Kind == records.ImageNotFound:
		return []string{}, nil
	case err != nil:
		return nil, err
	}
	tags := []string{}
	for _, t := range image.Tags {
		if !t.Deleted {
			tags = append(tags, t.Value)
		}
	}
	return tags, nil
}

// SetTags makes a list the tags of an image, each of which it has once then. All
// of it is one transaction under the lock of the image: of two lists that come at
// once, one remains.
func (s *Service) SetTags(ctx context.Context, c *access.Caller, imageID string, tags []any) error {
	if err := checkID(imageID); err != nil {
		return err
	}
	return s.changeChildren(ctx, c, imageID, func(w *childWriter) error {
		present, err := w.tx.Rows(w.ctx, records.RowQuery{
			Table: records.ImageTags,
			Where: []records.Condition{records.Is("image_id", imageID), records.Is("deleted", false)},
			Sort:  []records.SortKey{{Column: "id"}},
		})
		if err != nil {
			return err
		}
		had := map[string]bool{}
		for _, row := range present {
			had[tagKey(row["value"])] = true
		}
		wanted := map[string]bool{}
		for _, tag := range tags {
			key := tagKey(tag)
			if !had[key] && !wanted[key] {
				if err := w.addTag(tag); err != nil {
					return err
				}
			}
			wanted[key] = true
		}
		return w.deleteTags(slices.DeleteFunc(present, func(row records.Row) bool {
			key := tagKey(row["value"])
			first := wanted[key]
			wanted[key] = false
			return first
		}))
	})
}

func (w *childWriter) addTag(tag any) error {
	text, _ := tag.(string)
	if err := coerce.CheckFourByteParam(w.imageID + text); err != nil {
		return err
	}
	value, err := coerceTag(tag)
	if err != nil {
		return err
	}
	return w.insert(records.ImageTags, records.Values{{Column: "value", Value: value}})
}

func coerceTag(tag any) (any, error) {
	return coerce.Value(records.Column{Name: "value", Width: 255}, tag)
}

// tagKey distinguishes tags: 5 and "5" are two.
func tagKey(tag any) string { return string(pyjson.Append(nil, tag)) }
