package integration

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

// TestWire sends what docs/deviations.md says about HTTP itself.
func TestWire(t *testing.T) {
	url := StartGateway(t, registryOn(servers.NewDatabase(t, servers.SQLite)))
	address := strings.TrimPrefix(url, "http://")
	const confirmed = "X-Identity-Status: Confirmed\r\n"
	for _, row := range []struct {
		line, header string
		want         int
	}{
		{"GET //", confirmed, http.StatusOK},
		{"GET //images", confirmed, http.StatusNotFound},
		{"GET http://" + address + "/images", confirmed, http.StatusOK},
		{"GET /images", "X_Identity_Status: Confirmed\r\n", http.StatusUnauthorized},
		{"GET /images", confirmed + "Expect: something\r\n", http.StatusExpectationFailed},
		{"GET /images", confirmed + "X-Long: " + strings.Repeat("x", 1<<21) + "\r\n", http.StatusRequestHeaderFieldsTooLarge},
		{"HEAD /", confirmed, http.StatusOK},
		{"HEAD /images", confirmed, http.StatusNotFound},
		{"GET /images/%ff", confirmed, http.StatusBadRequest},
		{"GET /images?is_public=none", confirmed + "X-Roles: admin\r\nX-Roles: member\r\n", http.StatusOK},
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		go fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: %s\r\n%s\r\n", row.line, address, row.header)
		method, _, _ := strings.Cut(row.line, " ")
		answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
		if err != nil {
			t.Errorf("%s: %v", row.line, err)
			continue
		}
		if answer.StatusCode != row.want {
			t.Errorf("%s %.60q: %d, want %d", row.line, row.header, answer.StatusCode, row.want)
		}
		if server, date := answer.Header.Get("Server"), answer.Header.Get("Date"); row.want == http.StatusOK && (server != "" || date == "") {
			t.Errorf("%s: Server %q, Date %q", row.line, server, date)
		}
		_ = conn.Close()
	}
}
