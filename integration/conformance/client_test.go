package conformance

import (
	"bufio"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
)

func TestRequestsGoOutAsRecorded(t *testing.T) {
	raw, bytes := "{ö", []byte{0, 0xff}
	for _, c := range []struct {
		request Request
		want    string
	}{
		{
			Request{Method: "GET", Path: "/images/../a%2Fb//c?x=%zz&y=a+b"},
			"GET /images/../a%2Fb//c?x=%zz&y=a+b HTTP/1.1\r\nHost: HOST\r\n\r\n",
		},
		{
			Request{Method: "FOO", Path: "/", Headers: map[string]string{"x-ODD_name": "Ü", "Accept": "*/*"}},
			"FOO / HTTP/1.1\r\nHost: HOST\r\nAccept: */*\r\nx-ODD_name: Ü\r\n\r\n",
		},
		{
			Request{Method: "POST", Path: "/rpc", Body: []byte(`[{"id": "{{id}}", "n": 1.0}]`)},
			"POST /rpc HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n" + `[{"id": 7, "n": 1.0}]`,
		},
		{
			Request{Method: "POST", Path: "/rpc", Body: []byte(`null`)},
			"POST /rpc HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nnull",
		},
		{
			Request{Method: "PUT", Path: "/{{id}}", BodyRaw: &raw, Headers: map[string]string{"content-type": "text/x"}},
			"PUT /7 HTTP/1.1\r\nHost: HOST\r\ncontent-type: text/x\r\nContent-Length: 3\r\n\r\n{ö",
		},
		{
			Request{Method: "PUT", Path: "/", BodyBase64: &bytes},
			"PUT / HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n\x00\xff",
		},
	} {
		url, requests := serveTexts(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
		client, err := newClient(url)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.send(c.request, captures{"id": mustParse(t, "7")}); err != nil {
			t.Fatal(err)
		}
		client.close()
		want := strings.Replace(c.want, "HOST", strings.TrimPrefix(url, "http://"), 1)
		if got := <-requests; got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestClientReadsAnswers(t *testing.T) {
	url, requests := serveTexts(t,
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", // to HEAD: no body follows
		"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"", // the kept connection is gone: the request must go out again
		"HTTP/1.1 204 No Content\r\n\r\n",
	)
	client, err := newClient(url)
	if err != nil {
		t.Fatal(err)
	}
	defer client.close()
	for _, want := range []struct {
		method string
		status int
		body   string
	}{{"HEAD", 200, ""}, {"GET", 404, "abc"}, {"DELETE", 204, ""}} {
		a, err := client.send(Request{Method: want.method, Path: "/"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.status != want.status || string(a.body) != want.body {
			t.Errorf("%s: got %d %q", want.method, a.status, a.body)
		}
	}
	if len(requests) != 4 {
		t.Errorf("%d requests, want 4", len(requests))
	}
}

func TestClientWithoutAnAnswer(t *testing.T) {
	url, _ := serveTexts(t, "")
	client, err := newClient(url)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := client.send(Request{Method: "GET", Path: "/"}, nil); err == nil {
		t.Errorf("got %v", a)
	}
}

// serveTexts gives one answer after the other and tells what the requests were.
func serveTexts(t *testing.T, answers ...string) (baseURL string, requests <-chan string) {
	seen := make(chan string, len(answers))
	baseURL = serve(t, func(request string) string {
		seen <- request
		next := answers[0]
		answers = answers[1:]
		return next
	})
	return baseURL, seen
}

// serve answers each request with the bytes that a function gives for it. For an
// empty answer it closes the connection.
func serve(t *testing.T, respond func(request string) string) (baseURL string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			serveConn(conn, respond)
		}
	}()
	return "http://" + l.Addr().String()
}

func serveConn(conn net.Conn, respond func(string) string) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for {
		request, err := readRequest(r)
		if err != nil {
			return
		}
		text := respond(request)
		if text == "" {
			return
		}
		if _, err := io.WriteString(conn, text); err != nil {
			return
		}
	}
}

// readRequest reads the bytes of one request.
func readRequest(r *bufio.Reader) (string, error) {
	var b strings.Builder
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return "", err
		}
		b.WriteString(line)
		if n, found := strings.CutPrefix(line, "Content-Length: "); found {
			length, _ = strconv.Atoi(strings.TrimSpace(n))
		}
		if line == "\r\n" {
			break
		}
	}
	body := make([]byte, length)
	_, err := io.ReadFull(r, body)
	return b.String() + string(body), err
}
