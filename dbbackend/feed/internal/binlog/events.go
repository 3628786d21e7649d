package binlog

import (
	"context"
	"errors"

	"github.com/go-mysql-org/go-mysql/replication"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
)

// transaction is what the events since the last commit have changed.
type transaction struct {
	open  bool // not ended yet
	ids   map[string]bool
	all   bool // other images may have changed, too
	table string
	key   any // of the last row
}

// event handles one event.
func (r *reader) event(ctx context.Context, e *replication.BinlogEvent) error {
	if e.Header.LogPos > 0 {
		r.position.Pos = e.Header.LogPos
	}
	switch event := e.Event.(type) {
	case *replication.RotateEvent:
		r.position.Name, r.position.Pos = string(event.NextLogName), uint32(event.Position)
	case *replication.RowsEvent:
		return r.rows(ctx, event)
	case *replication.QueryEvent:
		return r.query(event)
	case *replication.XIDEvent:
		return r.commit()
	case *replication.MariadbGTIDEvent:
		const standalone = 1
		return r.begin(event.Flags&standalone == 0)
	case *replication.GTIDEvent, *replication.GtidTaggedLogEvent:
		return r.begin(false)
	case *replication.TransactionPayloadEvent:
		for _, inner := range event.Events {
			if err := r.event(ctx, inner); err != nil {
				return err
			}
		}
		// The inner events have no positions.
		if e.Header.LogPos > 0 {
			r.position.Pos = e.Header.LogPos
		}
	case *replication.ExecuteLoadQueryEvent:
		r.pending.all, r.pending.table = true, ""
	case *replication.FormatDescriptionEvent:
		return r.noteFile(e.Header)
	case *replication.TableMapEvent, *replication.HeartbeatEvent,
		*replication.PreviousGTIDsEvent, *replication.MariadbGTIDListEvent, *replication.MariadbBinlogCheckPointEvent,
		*replication.MariadbAnnotateRowsEvent, *replication.RowsQueryEvent, *replication.IntVarEvent,
		*replication.BeginLoadQueryEvent:
	default:
		return r.generic(e.Header.EventType)
	}
	return nil
}

// generic handles an event that the library does not decode.
func (r *reader) generic(kind replication.EventType) error {
	switch kind {
	case replication.STOP_EVENT, replication.RAND_EVENT, replication.USER_VAR_EVENT, replication.IGNORABLE_EVENT,
		replication.TRANSACTION_CONTEXT_EVENT, replication.VIEW_CHANGE_EVENT, replication.MARIADB_START_ENCRYPTION_EVENT:
		return nil
	case replication.XA_PREPARE_LOG_EVENT:
		// The rows stay locked until XA COMMIT or XA ROLLBACK.
		return r.commit()
	case replication.INCIDENT_EVENT:
		return errors.New("the server reports that its binlog lacks changes")
	}
	r.pending.all, r.pending.table = true, ""
	return r.commit()
}

func (r *reader) begin(open bool) error {
	err := r.commit()
	r.pending.open = open
	return err
}

// commit reports what the transaction has changed.
func (r *reader) commit() error {
	t := r.pending
	r.pending = transaction{}
	if len(t.ids) == 0 && !t.all {
		return nil
	}
	b := &barrier{table: t.table, key: t.key}
	if t.all || len(t.ids) > follow.MaxIDs {
		r.session.ChangedAll()
		r.undecided++
	} else {
		b.visible = r.session.Changing(t.ids)
	}
	if len(r.waiting) >= maxWaiting {
		return errors.New("too many transactions wait to become visible")
	}
	r.waiting = append(r.waiting, b)
	return nil
}

// rows notes the images of changed rows.
func (r *reader) rows(ctx context.Context, e *replication.RowsEvent) error {
	if !ours(r.server.schema, e.Table) {
		return nil
	}
	layout, err := r.layout(ctx, e.Table)
	if err != nil {
		return err
	}
	t := &r.pending
	if layout == nil {
		t.all, t.table = true, ""
		return nil
	}
	if t.ids == nil {
		t.ids = map[string]bool{}
	}
	update := e.Type() == replication.EnumRowsEventTypeUpdate
	for i, row := range e.Rows {
		after := update && i%2 == 1
		switch id, ok := textOf(row, layout.image); {
		case ok && len(t.ids) <= follow.MaxIDs:
			t.ids[id] = true
		case !ok && !after:
			// The rows are not complete (binlog_row_image). They have what changed,
			// so an id that is missing in the new row is the old one.
			t.all = true
		}
		if layout.key < len(row) && row[layout.key] != nil {
			t.table, t.key = layout.table, row[layout.key]
			if text, ok := textOf(row, layout.key); ok {
				t.key = text
			}
		}
	}
	return nil
}

func textOf(row []any, column int) (string, bool) {
	if column >= len(row) {
		return "", false
	}
	switch v := row[column].(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	}
	return "", false
}
