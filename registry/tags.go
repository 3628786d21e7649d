package registry

import (
	"context"
	"errors"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// CreateTag adds a tag to an image; it may be there already. A tag is a JSON
// value that a text column takes.
func (s *Service) CreateTag(ctx context.Context, c *Caller, imageID string, tag any) error {
	value, err := coerce(Column{Name: "value", Width: 255}, tag)
	if err != nil {
		return err
	}
	return s.changeChildren(ctx, c, imageID, func(w *childWriter) error {
		return w.insert(ImageTags, Values{{Column: "value", Value: value}})
	})
}

// DeleteTag soft-deletes a tag. One that the image has twice is an error.
func (s *Service) DeleteTag(ctx context.Context, c *Caller, imageID string, tag any) error {
	if err := checkID(imageID); err != nil {
		return err
	}
	value, err := coerce(Column{Name: "value", Nullable: true}, tag)
	if err != nil {
		return err
	}
	return s.changeChildren(ctx, c, imageID, func(w *childWriter) error {
		rows, err := w.tx.Rows(ctx, RowQuery{Table: ImageTags, Where: []Condition{
			Is("image_id", imageID), Is("value", value), Is("deleted", false),
		}})
		switch {
		case err != nil:
			return err
		case len(rows) == 0:
			return Errorf(NotFound, "An object with the specified identifier was not found.")
		case len(rows) > 1:
			return badValue("value", "is a tag that the image has more than once: Multiple rows were found for one()")
		}
		return w.update(ImageTags, rows[0].Int("id"), Values{
			{Column: "deleted", Value: true}, {Column: "deleted_at", Value: w.now},
		})
	})
}

// Tags lists the live tags of an image in the order in which they were added.
func (s *Service) Tags(ctx context.Context, c *Caller, imageID string) ([]string, error) {
	if err := checkID(imageID); err != nil {
		return nil, err
	}
	if s.Harden {
		if _, err := s.Image(ctx, c, imageID, false); err != nil {
			return nil, err
		}
	}
	image, err := s.Store.Image(ctx, imageID)
	var known *Error
	switch {
	case errors.As(err, &known) && known.Kind == ImageNotFound:
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

// currentTags are the tags to start a change from: never those of a cache.
func (s *Service) currentTags(ctx context.Context, imageID string) ([]string, error) {
	rows, err := s.Store.Rows(ctx, RowQuery{
		Table: ImageTags,
		Where: []Condition{Is("image_id", imageID), Is("deleted", false)},
		Sort:  []SortKey{{Column: "id"}},
	})
	tags := make([]string, len(rows))
	for n, r := range rows {
		tags[n] = r.Text("value")
	}
	return tags, err
}

// SetTags makes a list the tags of an image. Every tag that is added or deleted
// is committed by itself, as in the original: what came before an error stays.
// The right to do so is asked for once more at the start, since there may be
// nothing to add or delete.
func (s *Service) SetTags(ctx context.Context, c *Caller, imageID string, tags []any) error {
	if err := s.CheckWritable(c); err != nil {
		return err
	}
	if err := checkID(imageID); err != nil {
		return err
	}
	if s.Harden {
		image, err := s.Image(ctx, c, imageID, false)
		if err != nil {
			return err
		}
		if err := checkMutable(c, image); err != nil {
			return err
		}
	}
	present, err := s.currentTags(ctx, imageID)
	if err != nil {
		return err
	}
	had, wanted := map[string]bool{}, map[string]bool{}
	for _, tag := range present {
		had[tagKey(tag)] = true
	}
	for _, tag := range tags {
		key := tagKey(tag)
		wanted[key] = true
		if had[key] {
			continue
		}
		had[key] = true
		text, _ := tag.(string)
		if err := CheckFourByteParam(imageID + text); err != nil {
			return err
		}
		if err := s.CreateTag(ctx, c, imageID, tag); err != nil {
			return err
		}
	}
	for _, tag := range present {
		if wanted[tagKey(tag)] {
			continue
		}
		if err := s.DeleteTag(ctx, c, imageID, tag); err != nil {
			return err
		}
	}
	return nil
}

// tagKey tells tags apart: 5 and "5" are two.
func tagKey(tag any) string { return string(pyjson.Append(nil, tag)) }
