package rpc

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/internal/answer"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// object is a JSON object in the making.
type object []field

type field struct {
	key   string
	value any
}

// jsonText is JSON as it stands in a column.
type jsonText string

// appender is a result that writes itself.
type appender interface {
	appendJSON(dst []byte) ([]byte, error)
}

// write writes a result, of a list one item after the other.
func write(t *answer.Text, result any) (err error) {
	switch list := result.(type) {
	case []any:
		return writeList(t, list)
	case []object:
		return writeList(t, list)
	}
	if t.Tail, err = appendValue(t.Tail, result); err != nil {
		return err
	}
	return t.Room()
}

func writeList[T any](t *answer.Text, list []T) (err error) {
	t.Tail = append(t.Tail, '[')
	for n, item := range list {
		if n > 0 {
			t.Tail = append(t.Tail, ", "...)
		}
		if t.Tail, err = appendValue(t.Tail, item); err != nil {
			return err
		}
		if err := t.Room(); err != nil {
			return err
		}
	}
	t.Tail = append(t.Tail, ']')
	return nil
}

// appendValue writes a result. Times are objects, of which clients make times
// again.
func appendValue(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case string:
		return pyjson.AppendString(dst, v), nil
	case int64:
		return strconv.AppendInt(dst, v, 10), nil
	case json.Number, *pyjson.Object:
		return pyjson.Append(dst, v), nil
	case time.Time:
		return appendTime(dst, v), nil
	case records.Null[string]:
		return appendNull(dst, v)
	case records.Null[int64]:
		return appendNull(dst, v)
	case records.Null[time.Time]:
		return appendNull(dst, v)
	case jsonText:
		if !pyjson.Valid(string(v)) {
			return dst, errors.New("a column has text that is no JSON")
		}
		return pyjson.AppendASCII(dst, string(v)), nil
	case object:
		return appendObject(dst, v)
	case []any:
		return appendList(dst, v)
	case []string:
		return appendList(dst, v)
	case []object:
		return appendList(dst, v)
	case appender:
		return v.appendJSON(dst)
	}
	return dst, fmt.Errorf("a result of type %T can't be encoded", v)
}

func appendNull[T any](dst []byte, v records.Null[T]) ([]byte, error) {
	if !v.Valid {
		return append(dst, "null"...), nil
	}
	return appendValue(dst, v.V)
}

func appendList[T any](dst []byte, list []T) ([]byte, error) {
	dst = append(dst, '[')
	var err error
	for n, item := range list {
		if n > 0 {
			dst = append(dst, ", "...)
		}
		if dst, err = appendValue(dst, item); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func appendObject(dst []byte, o object) ([]byte, error) {
	dst = append(dst, '{')
	var err error
	for n, f := range o {
		if n > 0 {
			dst = append(dst, ", "...)
		}
		dst = pyjson.AppendString(dst, f.key)
		dst = append(dst, ": "...)
		if dst, err = appendValue(dst, f.value); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// appendTime writes microseconds only where there are any.
func appendTime(dst []byte, t time.Time) []byte {
	dst = append(dst, `{"_type": "datetime", "_value": "`...)
	layout := coerce.WholeSecondLayout
	if t.Nanosecond() >= int(time.Microsecond) {
		layout = coerce.TimeLayout
	}
	dst = t.AppendFormat(dst, layout)
	return append(dst, `"}`...)
}

// rowObject is a row with the given columns; those that the database lacks are
// left out.
func rowObject(row records.Row, columns ...string) object {
	o := make(object, 0, len(columns))
	for _, name := range columns {
		if v, ok := row[name]; ok {
			o = append(o, field{name, v})
		}
	}
	return o
}
