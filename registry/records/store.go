// Package records has the records of Glance's database, the vocabulary in which
// they are asked for and changed, and the Store that answers. It holds no rules.
package records

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

	// Rows reads rows of any table in one round trip.
	Rows(ctx context.Context, q RowQuery) ([]Row, error)

	// StorageUsage adds up the bytes that the images of an owner take in all
	// their locations, without those of one image (registry-v2-rpc.md, 7.5).
	StorageUsage(ctx context.Context, owner Null[string], exceptImage string) (int64, error)

	// InTx runs f in one transaction and commits unless f fails. On a deadlock
	// f runs again, so it must not keep results of an earlier run.
	InTx(ctx context.Context, f func(Tx) error) error
}

// Tx is one transaction.
type Tx interface {
	// LockImage reads a record as Store.Image does and keeps other writers of
	// the same image out until the transaction ends.
	LockImage(ctx context.Context, id string) (*Image, error)

	// Lock keeps other writers of the rows that match out until the transaction
	// ends, and returns how many there are. What is read after it is what the last
	// writer left, provided that nothing was read before.
	Lock(ctx context.Context, table Table, where Values) (int64, error)

	// Rows is Store.Rows as this transaction sees the database.
	Rows(ctx context.Context, q RowQuery) ([]Row, error)

	// Insert adds a row and returns its id where the database makes one.
	Insert(ctx context.Context, table Table, row Values) (int64, error)

	// Update changes the rows that match and returns how many did, changed or
	// not. The condition on a child of an image names the image_id, so that it can
	// know which image has changed.
	Update(ctx context.Context, table Table, where, set Values) (int64, error)

	// Delete removes the rows that match for good and returns how many.
	Delete(ctx context.Context, table Table, where Values) (int64, error)
}

// RowReader reads rows: a Store, or a Tx.
type RowReader interface {
	Rows(ctx context.Context, q RowQuery) ([]Row, error)
}
