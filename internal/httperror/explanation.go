package httperror

import (
	"net/http"
	"strconv"
)

// explanation is the standard text of a status (registry-v1.md, 8.2; those of
// 413, 431, 503 and 504, which the registry never sent, are WebOb's own).
// Statuses without one have an empty explanation.
func explanation(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "The server could not comply with the request since it is either malformed or otherwise incorrect."
	case http.StatusUnauthorized:
		return "This server could not verify that you are authorized to access the document you requested. " +
			"Either you supplied the wrong credentials (e.g., bad password), " +
			"or your browser does not understand how to supply the credentials required."
	case http.StatusForbidden:
		return "Access was denied to this resource."
	case http.StatusNotFound:
		return "The resource could not be found."
	case http.StatusConflict:
		return "There was a conflict when trying to complete your request."
	case http.StatusLengthRequired:
		return "Content-Length header required for this request."
	case http.StatusRequestEntityTooLarge:
		return "The body of your request was too large for this server."
	case http.StatusRequestHeaderFieldsTooLarge:
		return "The request header fields were too large"
	case http.StatusInternalServerError:
		return "The server has either erred or is incapable of performing the requested operation."
	case http.StatusServiceUnavailable:
		return "The server is currently unavailable. Please try again at a later time."
	}
	return ""
}

// status is the text of a status, such as "404 Not Found".
func status(code int) string {
	return strconv.Itoa(code) + " " + http.StatusText(code)
}
