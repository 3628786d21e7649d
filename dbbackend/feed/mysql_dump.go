package feed

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/go-mysql-org/go-mysql/client"
	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-mysql-org/go-mysql/replication"

	"github.com/glancegate/glancegate/dbbackend/reach"
)

const (
	// An idle server says so this often; a stream that is silent for silence is
	// broken.
	heartbeat = 500 * time.Millisecond
	silence   = 1500 * time.Millisecond
)

// dump asks, before setup ends, for the binlog from a position on. The stream
// ends with closeStream.
func (m *mysqlSource) dump(setup context.Context, s *mysqlServer, from gomysql.Position) (*replication.BinlogStreamer, error) {
	d := &dialer{}
	config := replication.BinlogSyncerConfig{
		// The server ends the older of two replicas with one id.
		ServerID:         1<<30 + rand.Uint32N(3<<30),
		Flavor:           gomysql.MySQLFlavor,
		Host:             m.config.Addr,
		User:             m.config.User,
		Password:         m.config.Passwd,
		Localhost:        "glance-registry-gateway",
		TLSConfig:        m.config.TLS,
		HeartbeatPeriod:  heartbeat,
		ReadTimeout:      silence,
		DisableRetrySync: true,
		Logger:           slog.New(slog.DiscardHandler),
		Dialer:           d.dial,
		EventCacheCount:  256,
		DiscardGTIDSet:   true,
		Option:           s.sameNode,
		RowsEventDecodeFunc: func(e *replication.RowsEvent, data []byte) error {
			at, err := e.DecodeHeader(data)
			if err != nil || !ours(s.schema, e.Table) {
				return err // rows of others are not of interest
			}
			return e.DecodeData(at, data)
		},
	}
	if s.mariaDB {
		config.Flavor = gomysql.MariaDBFlavor
	}
	if config.TLSConfig != nil {
		config.TLSConfig = config.TLSConfig.Clone()
	}
	syncer := replication.NewBinlogSyncer(config)
	inTime := context.AfterFunc(setup, d.close)
	stream, err := syncer.StartSync(from)
	inTime()
	if err != nil {
		d.close()
		syncer.Close()
		return nil, fmt.Errorf("the binlog: %w", err)
	}
	s.closeStream = func() {
		d.stop()
		syncer.Close()
		d.close()
	}
	return stream, nil
}

// receive passes events on until the stream ends.
func (s *mysqlServer) receive(ctx context.Context, stream *replication.BinlogStreamer) error {
	for {
		e, err := stream.GetEvent(ctx)
		if err != nil {
			return interrupted{fmt.Errorf("the binlog: %w", err)}
		}
		select {
		case s.events <- e:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ours tells whether a table is one of those to follow. Servers differ in
// whether names have a case.
func ours(schema string, t *replication.TableMapEvent) bool {
	if t == nil || !strings.EqualFold(string(t.Schema), schema) {
		return false
	}
	for _, known := range tables {
		if strings.EqualFold(string(t.Table), known.name) {
			return true
		}
	}
	return false
}

// sameNode looks where the connection for the binlog leads to.
func (s *mysqlServer) sameNode(c *client.Conn) error {
	answer, err := c.Execute(reach.MySQLSettings)
	if err != nil {
		return err
	}
	settings := map[string]string{}
	for i := range answer.Values {
		name, err := answer.GetString(i, 0)
		if err != nil {
			return err
		}
		if settings[name], err = answer.GetString(i, 1); err != nil {
			return err
		}
	}
	if node := reach.MySQLNode(settings); node != s.node {
		return fmt.Errorf("two connections reach two servers (%s; %s); give a database URL that leads to one server", s.node, node)
	}
	return nil
}

// dialer makes the connections of one stream, and no more once it is to stop:
// the library would take leave of a server that may be gone.
type dialer struct {
	mu     sync.Mutex
	closed bool
	conns  []net.Conn
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		_ = conn.Close()
		return nil, net.ErrClosed
	}
	d.conns = append(d.conns, conn)
	return conn, nil
}

// stop ends whatever is read. The library, which does not expect others to close
// its connections, does that.
func (d *dialer) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for _, conn := range d.conns {
		_ = conn.SetReadDeadline(time.Unix(1, 0))
	}
}

func (d *dialer) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for _, conn := range d.conns {
		_ = conn.Close()
	}
	d.conns = nil
}
