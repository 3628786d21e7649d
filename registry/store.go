package registry

import "context"

// Store is Glance's database as the rules see it. It decides nothing: what a
// caller may see of a list is in the query's Scope, and what he may see of a
// record is decided by the Service.
//
// Errors are of type *Error where a client can do something about them, such
// as a duplicate key or a value that the database refuses.
type Store interface {
	// Image reads one record with all its children. An unknown id is an
	// *Error of kind ImageNotFound; a soft-deleted image is found.
	Image(ctx context.Context, id string) (*Image, error)

	// Images reads one page of a list.
	Images(ctx context.Context, q *Query) ([]*Image, error)

	// Memberships reads the live memberships of a member in all images, in
	// ascending order of row ids.
	Memberships(ctx context.Context, q MembershipQuery) ([]Member, error)

	// InTx runs f in one transaction and commits unless f fails. On a deadlock
	// f runs again, so it must not keep results of an earlier run.
	InTx(ctx context.Context, f func(Tx) error) error
}

// Tx is one transaction.
type Tx interface {
	// LockImage reads a record as Store.Image does and keeps other writers of
	// the same image out until the transaction ends.
	LockImage(ctx context.Context, id string) (*Image, error)

	// FindMembers returns the row ids of an image's memberships of a member,
	// live or not, in ascending order. The database compares the names: MySQL
	// takes no notice of case and trailing blanks, and so did the original.
	FindMembers(ctx context.Context, imageID, member string) ([]int64, error)

	// Insert adds a row and returns its id where the database makes one.
	Insert(ctx context.Context, table Table, row Values) (int64, error)

	// Update changes the rows that match and returns how many did, changed or
	// not.
	Update(ctx context.Context, table Table, where, set Values) (int64, error)
}
