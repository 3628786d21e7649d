// Package model has a model of how answers of glance-api are kept, small enough to try
// every order of events: one image, one change of it, a node of glance-api whose database
// may lag, a gateway with the record of the image and one answer, and a client that
// asks twice. Its tests show that no old answer is served after the change was
// reported, and that each of the rules is needed.
//
// The change is one that the comparison sees, made while the node may lag for any
// time; or one that it does not see, such as one of a second, at a node
// that does not lag.
package model
