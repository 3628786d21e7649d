package model

// value is a row, in the database or in a tier.
type value int8

const (
	nothing value = iota
	old
	changed
)

// token is that of the image's group in Redis; 0 is none. Tokens are never used
// again.
type token int8

// state is everything at one moment. It is comparable, so that states are told
// apart.
type state struct {
	database value

	token  token // of the group
	last   token // the last one that was made
	stored stored

	nodes  [2]node
	writer writer
	feed   [2]feed // of each node, where the change is made in the database itself
	late   bool    // two seconds have passed since the change was acknowledged
}

// stored is the value in Redis.
type stored struct {
	value value
	token token
}

// node is a gateway.
type node struct {
	local   value
	lease   bool // the reader's lease counts
	blocked bool
	// current: a look at the server of its feed has succeeded that began after the
	// change was acknowledged.
	current bool
	mute    bool // its feed misses changes without noticing
	mail    bool // a message of the writer is on its way
	knows   bool // it has acted on the message
	reader  reader
}

// step is where a process stands.
type step int8

const (
	idle step = iota
	leased
	asked // Redis had nothing
	read
	kept
	done
)

// reader reads twice, so that what the first leaves is seen.
type reader struct {
	step    step
	reads   int8
	late    bool // began when the change had to be seen
	ticket  token
	value   value
	putting stored // on its way to Redis, whenever that comes
}

type writer int8

const (
	before writer = iota
	committed
	voided    // what is in Redis
	published // to the other node
	dropped   // what is in its own node
	acknowledged
)

// feed is how far a node's feed is with the change.
type feed int8

const (
	unheard  feed = iota
	blocking      // has read the change, and waits until it is visible
	visible
)
