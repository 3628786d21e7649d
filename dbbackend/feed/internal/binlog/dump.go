package binlog

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

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
)

const (
	// heartbeatPeriod is how often an idle server sends a heartbeat, and readTimeout
	// how long a stream may be silent.
	heartbeatPeriod = 500 * time.Millisecond
	readTimeout     = 1500 * time.Millisecond
)

// dump requests the binlog from a position on, before setup ends. closeStream ends
// the stream.
func (m *Source) dump(setup context.Context, s *server, from gomysql.Position) (*replication.BinlogStreamer, error) {
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
		HeartbeatPeriod:  heartbeatPeriod,
		ReadTimeout:      readTimeout,
		DisableRetrySync: true,
		Logger:           slog.New(slog.DiscardHandler),
		Dialer:           d.dial,
		EventCacheCount:  256,
		DiscardGTIDSet:   true,
		Option:           s.sameNode,
		RowsEventDecodeFunc: func(e *replication.RowsEvent, data []byte) error {
			at, err := e.DecodeHeader(data)
			if err != nil || !ours(s.schema, e.Table) {
				return err // rows of other tables are not decoded
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
func (s *server) receive(ctx context.Context, stream *replication.BinlogStreamer) error {
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

// ours reports whether a table is one of those to follow. Whether names have a case
// depends on the server.
func ours(schema string, t *replication.TableMapEvent) bool {
	if t == nil || !strings.EqualFold(string(t.Schema), schema) {
		return false
	}
	for _, known := range follow.Tables {
		if strings.EqualFold(string(t.Table), known.Name) {
			return true
		}
	}
	return false
}

// sameNode makes sure that the connection for the binlog leads to the same server.
func (s *server) sameNode(c *client.Conn) error {
	answer, err := c.Execute(dbserver.MySQLSettings)
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
	if node := dbserver.MySQLNode(settings); node != s.node {
		return follow.TwoServersError(s.node, node)
	}
	return nil
}

// dialer opens the connections of one stream, and none after stop: the library would
// connect again to say goodbye to a server that may be gone.
type dialer struct {
	mu     sync.Mutex
	closed bool
	conns  []net.Conn
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, follow.ConnectTimeout)
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

// stop interrupts reads. Closing the connections is left to the library, which does
// not expect others to do so.
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
