package lists

// value is what the database or the record has of the image.
type value int8

const (
	nothing value = iota
	old
	changed
)

// report is how far the gateway is with the change.
type report int8

const (
	unheard report = iota
	first          // noted, or without the rule dropped
	second         // both
	settled
)

// state is everything at one moment. It is comparable, so that states can be
// distinguished.
type state struct {
	database value
	report   report
	number   int8  // of the newest change
	record   value // that is kept
	list     list  // that is kept
	lister   lister
	reader   reader
}

type list struct {
	kept   bool
	shows  bool // the image
	same   bool // ... and its record is still the one that the list names
	number int8 // of the last change that is known not to concern it
}

type step int8

const (
	idle step = iota
	looking
	asking // the record, in the database
	judging
	reading // the list, in the database
	keeping
	done
)

// lister asks for the list several times.
type lister struct {
	step   step
	times  int8
	late   bool // began when the change had been reported
	number int8 // newest when it began
	got    value
	lease  bool // of the record that it reads
	shows  bool
}

// reader asks for the record, and keeps it.
type reader struct {
	step  step
	times int8
	lease bool
	got   value
}
