package feed_test

import (
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestWaysToMySQL follows a server that wants TLS, and one through a socket.
func TestWaysToMySQL(t *testing.T) {
	t.Parallel()
	own, other := kit.SelfSigned(t, "test"), kit.SelfSigned(t, "test")
	server := servers.NewServer(t, servers.MySQL, "--ssl-cert="+own.CertFile, "--ssl-key="+own.KeyFile)
	db := server.NewDatabase(t)
	server.Exec(t, "CREATE USER careful@'%' IDENTIFIED BY 'secret' REQUIRE SSL")
	server.Exec(t, "GRANT ALL ON *.* TO careful@'%'")
	url := strings.Replace(db.URL, "glance:", "careful:", 1)
	if err := feed.Check(t.Context(), url); err == nil {
		t.Error("the server does not insist on TLS: this test shows nothing")
	}
	if err := feed.Check(t.Context(), url+"&ssl_ca="+other.CertFile); err == nil {
		t.Error("the certificate of another server is accepted")
	}
	encrypted, _ := follow(t, feed.Config{URL: url + "&ssl_ca=" + own.CertFile})
	var socket string
	if err := db.DB.QueryRow("SELECT @@socket").Scan(&socket); err != nil {
		t.Fatal(err)
	}
	local, _ := follow(t, feed.Config{URL: db.URL + "&unix_socket=" + socket})
	for name, r := range map[string]*recorder{"encrypted": encrypted, "local": local} {
		r.worksAgain(t, db, name)
	}
}

// TestServerThatStandsStill takes connections and does not answer.
func TestServerThatStandsStill(t *testing.T) {
	t.Parallel()
	proxy, url := netproxy.New(t, servers.NewDatabase(t, servers.MySQL).URL)
	proxy.Hold()
	if err := feed.Check(t.Context(), url); err == nil || !strings.Contains(err.Error(), "the database does not answer on it") {
		t.Errorf("%v", err)
	}
}
