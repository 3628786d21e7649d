package dbserver

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
)

// MySQLConnector is a connector whose connections are counted by server.
type MySQLConnector struct {
	driver.Connector
	Servers *Connections  // nil: not counted
	Plugins *PluginLogger // the logger of the connector, or nil

	// Node counts the nodes of a Galera cluster separately. Otherwise they count as one
	// server, and the reads of every connection wait for everything that any node has
	// committed (wsrep_sync_wait), since the next request may go to another node.
	// Counted connections to a member of Group Replication wait in the same way, since
	// an expelled member still answers.
	Node bool
}

// MySQLConn has the methods of the driver's connections.
type MySQLConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// countedConn is a connection that reports when it is closed.
type countedConn struct {
	MySQLConn
	closed func()
}

// Close implements driver.Conn.
func (c countedConn) Close() error {
	c.closed()
	return c.MySQLConn.Close()
}

// Connect implements driver.Connector.
func (m MySQLConnector) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := m.Connector.Connect(ctx)
	if err != nil {
		return nil, m.Plugins.explain(err)
	}
	conn, ok := c.(MySQLConn)
	if !ok {
		_ = c.Close()
		return nil, errors.New("the MySQL driver lacks methods that counting connections needs")
	}
	server, err := m.server(ctx, conn)
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	if m.Servers == nil {
		return c, nil
	}
	return countedConn{conn, m.Servers.Opened(server)}, nil
}

// server names the server to which a connection leads.
func (m MySQLConnector) server(ctx context.Context, conn MySQLConn) (string, error) {
	settings, err := values(ctx, conn, MySQLSettings)
	if err != nil {
		return "", err
	}
	galera := settings["wsrep_on"] == "ON"
	if wait := CausalReads(settings); wait != "" && !m.Node && (galera || m.Servers != nil) {
		if _, err := conn.ExecContext(ctx, wait, nil); err != nil {
			return "", err
		}
	}
	if m.Node || !galera {
		return MySQLNode(settings), nil
	}
	status, err := values(ctx, conn, GaleraStatus)
	if err != nil {
		return "", err
	}
	return MySQLCluster(status), nil
}

// Probe opens a connection and returns the name of the server to which it leads.
func (m MySQLConnector) Probe(ctx context.Context) (server string, err error) {
	m.Servers = &Connections{}
	conn, err := m.Connect(ctx)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	server, _ = m.Servers.Other("")
	return server, nil
}

// values runs a statement that returns names and values.
func values(ctx context.Context, conn MySQLConn, query string) (map[string]string, error) {
	rows, err := conn.QueryContext(ctx, query, nil)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	answer := map[string]string{}
	row := make([]driver.Value, len(rows.Columns()))
	for {
		if err := rows.Next(row); errors.Is(err, io.EOF) {
			return answer, nil
		} else if err != nil {
			return nil, err
		}
		answer[text(row[0])] = text(row[len(row)-1])
	}
}

func text(v driver.Value) string {
	switch v := v.(type) {
	case []byte:
		return string(v)
	case string:
		return v
	}
	return ""
}
