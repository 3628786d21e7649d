package shadow

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
)

// errCut says that a sample is no case.
var errCut = errors.New("a body of the sample was cut off")

// Case is the sample as a recorded case, one line of JSON in the form of
// integration/conformance: the request, with what the old service answered. The dataset is
// the rows that a replay loads before; empty, it plays the case on those that are there.
func (s *Sample) Case(dataset string) ([]byte, error) {
	if s.Request.Cut || s.Old.Cut {
		return nil, errCut
	}
	request := map[string]any{"method": s.Request.Method, "path": s.Request.Path, "headers": s.Request.Header}
	if s.Request.Body != "" {
		if json.Valid([]byte(s.Request.Body)) {
			request["body"] = json.RawMessage(s.Request.Body)
		} else {
			request["body_raw"] = s.Request.Body
		}
	}
	headers := map[string]string{}
	for name, value := range s.Old.Header {
		headers[strings.ToLower(name)] = value
	}
	if _, given := headers["x-openstack-request-id"]; given {
		headers["x-openstack-request-id"] = ids.ReplaceAllString(headers["x-openstack-request-id"], "<request-id>")
	}
	response := map[string]any{"status": s.Old.Status, "headers": headers}
	if _, err := pyjson.Decode([]byte(s.Old.Body), maxDepth); err == nil && s.Old.Status < 300 {
		response["body"] = json.RawMessage(s.Old.Body)
	} else {
		response["text"] = s.Old.Body
	}
	return json.Marshal(map[string]any{
		"id": fmt.Sprintf("shadow.%s.%s.%03d", s.Call, s.Kind, s.ID), "group": "shadow." + s.Call, "dataset": dataset,
		"steps": []any{map[string]any{"request": request, "response": response}},
	})
}
