package model

// value is what the database, a record or an answer has of the image.
type value int8

const (
	nothing value = iota
	old
	changed
)

// feed is how far the gateway's feed is with the change.
type feed int8

const (
	unheard feed = iota
	holding      // knows of the change, and waits until it is visible
	settled
)

// step is how far a request has come.
type step int8

const (
	idle step = iota
	asking
	answered // by glance-api
	reading  // the record, in the database
	read
	compared
)

// state is everything at one moment. It is comparable, so that states can be
// distinguished.
type state struct {
	database value
	node     value // what the database of glance-api's node shows
	feed     feed

	record value // that is kept
	answer value // that is kept
	held   bool  // the record is kept out

	asker asker
}

// asker asks glance-api, compares and keeps.
type asker struct {
	step   step
	times  int8
	lease  bool  // of the answer, still counts
	fill   bool  // the lease of the record that is being read
	got    value // from glance-api
	beside value // the record that it is compared with
	same   bool  // which still is the one that is kept
}
