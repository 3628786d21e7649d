package feed_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestBinlogBegunAnew empties the first file of the binlog: the new one has its
// name, and the server goes on sending heartbeats from where the reader was.
func TestBinlogBegunAnew(t *testing.T) {
	t.Parallel()
	server := servers.NewServer(t, servers.MySQL)
	db := server.NewDatabase(t)
	proxy, url := netproxy.New(t, db.URL)
	awaitUptime(t, db)
	reset := "RESET MASTER"
	if servers.IsMySQL() {
		reset = "RESET BINARY LOGS AND GTIDS"
	}
	r, _ := follow(t, feed.Config{URL: url})
	r.awaitUp()
	fill := "UPDATE images SET name = '" + strings.Repeat("n", 200) + "', updated_at = CURRENT_TIMESTAMP, checksum = '%d'"
	for name, after := range map[string]func(){
		"nothing": func() {},
		"less":    func() { exec(t, db, insertImage("less")) },
		// So much that the reader's position is one of the new file, too.
		"more": func() {
			for i := range 20 {
				exec(t, db, fmt.Sprintf(fill, i))
			}
		},
		"a broken connection": proxy.Break,
		"more and a broken connection": func() {
			for i := range 20 {
				exec(t, db, fmt.Sprintf(fill, i))
			}
			proxy.Break()
		},
	} {
		for i := range 10 {
			exec(t, db, insertImage(fmt.Sprint(name, i)))
		}
		r.awaitIDs(name + "9")
		r.breaks(t, func() {
			server.Exec(t, reset)
			after()
		})
		r.mu.Lock()
		if reason := r.downs[len(r.downs)-1].Error(); !strings.Contains(reason, "binlog") {
			t.Errorf("%s: down: %s", name, reason)
		}
		r.mu.Unlock()
		r.worksAgain(t, db, "after "+name)
	}
}

// TestStatementsThatFail asks for the position with a statement that the server
// understands: what is wrong at every look fills its error counters.
func TestStatementsThatFail(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	if !servers.IsMySQL() {
		t.Skip("MariaDB understands what older releases of MySQL do")
	}
	errors := func() (n int) {
		const query = "SELECT sum_error_raised FROM performance_schema.events_errors_summary_global_by_error WHERE error_name = 'ER_PARSE_ERROR'"
		if err := db.DB.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	r, _ := follow(t, feed.Config{URL: db.URL})
	r.awaitUp()
	before, from := errors(), time.Now()
	r.await("looks", func() bool { return r.current.Sub(from) > 2*time.Second })
	if after := errors(); after != before {
		t.Errorf("%d syntax errors in two seconds", after-before)
	}
}
