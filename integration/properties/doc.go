// Package properties holds what is true of any sequence of requests: the three
// databases give the same answers to them.
package properties
