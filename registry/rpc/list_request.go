package rpc

import (
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
)

// ListRequest is the request that image_get_all makes of its arguments, which are
// JSON values as pyjson reads them. An argument that is missing is null.
func ListRequest(args map[string]any) (*registry.ListRequest, error) {
	kwargs := pyjson.NewObject()
	for name, value := range args {
		kwargs.Set(name, value)
	}
	return (&call{command: new(command), kwargs: kwargs}).listRequest()
}
