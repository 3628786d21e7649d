package rpc

import "github.com/glancegate/glancegate/registry"

// ListRequest is the request that image_get_all makes of its arguments, which are
// JSON values as pyjson reads them.
func ListRequest(args map[string]any) (*registry.ListRequest, error) {
	return (&call{args: args}).listRequest()
}
