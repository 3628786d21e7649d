// Package glanceapi does what glance-api does on behalf of its users, command by
// command as recorded from a glance-api of Train (registry-v2-rpc.md, 10).
package glanceapi

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

// A gateway on loopback with `identity none` is what glance-registry was by
// default.
func TestActions(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		base := integration.StartGateway(t, fmt.Sprintf("bind 127.0.0.1\nglance_registry {\ndatabase `%s`\nidentity none\n}", db.URL))
		address := strings.TrimPrefix(base, "http://")
		for name, action := range map[string]func(*driver){
			"images": lifeOfAnImage, "tasks": lifeOfATask, "namespaces": lifeOfNamespaces,
		} {
			t.Run(name, func(t *testing.T) { action(&driver{t, address}) })
		}
	})
}

type object = map[string]any

// driver is glance.db.registry.api, the module of glance-api that takes the place
// of its database.
type driver struct {
	t       *testing.T
	address string
}

// exception is what the driver raises.
type exception struct{ class, text string }

// try sends one command the way glance-api does: on a connection of its own, with
// these header fields and no others (registry-v2-rpc.md, 2.9).
func (d *driver) try(command string, kwargs object) (any, *exception) {
	d.t.Helper()
	body, err := json.Marshal([]object{{"command": command, "kwargs": kwargs}})
	if err != nil {
		d.t.Fatal(err)
	}
	conn, err := net.Dial("tcp", d.address)
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "POST /rpc HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: identity\r\nContent-Length: %d\r\n"+
		"x-auth-token: 2f0b6d5c\r\n\r\n%s", d.address, len(body), body)
	if err != nil {
		d.t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		d.t.Fatalf("%s: %v", body, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	if !strings.HasPrefix(response.Header.Get("X-Openstack-Request-Id"), "req-") {
		d.t.Errorf("%s: the answer has the request id %q", command, response.Header.Get("X-Openstack-Request-Id"))
	}
	return d.result(string(body), response.StatusCode, text)
}

// result takes an answer apart as the driver does: it has an opinion on the
// status, and takes element 0 of the list.
func (d *driver) result(request string, status int, text []byte) (any, *exception) {
	d.t.Helper()
	var results []any
	if err := json.Unmarshal(text, &results); status != http.StatusOK || err != nil || len(results) != 1 {
		d.t.Fatalf("%s\n%d %s\n%v", request, status, text, err)
	}
	o, _ := results[0].(object)
	e, failed := o["_error"].(object)
	if !failed {
		return results[0], nil
	}
	class, known := strings.CutPrefix(e["cls"].(string), "glance.common.exception.")
	if !known {
		d.t.Fatalf("%s: an exception of another module: %s", request, text)
	}
	return nil, &exception{class, e["val"].(string)}
}

// call is try for commands that have to succeed.
func (d *driver) call(command string, kwargs object) any {
	d.t.Helper()
	result, e := d.try(command, kwargs)
	if e != nil {
		d.t.Fatalf("%s %v: %s: %s", command, kwargs, e.class, e.text)
	}
	return result
}

// one is call for commands that answer an object.
func (d *driver) one(command string, kwargs object) object {
	d.t.Helper()
	o, ok := d.call(command, kwargs).(object)
	if !ok {
		d.t.Fatalf("%s: the result is no object", command)
	}
	return o
}

// list is call for commands that answer a list of objects.
func (d *driver) list(command string, kwargs object) []object {
	d.t.Helper()
	items, ok := d.call(command, kwargs).([]any)
	if !ok {
		d.t.Fatalf("%s: the result is no list", command)
	}
	objects := make([]object, len(items))
	for n, item := range items {
		objects[n] = item.(object)
	}
	return objects
}

// null is call for commands that answer nothing.
func (d *driver) null(command string, kwargs object) {
	d.t.Helper()
	if result := d.call(command, kwargs); result != nil {
		d.t.Errorf("%s: the result is %v", command, result)
	}
}
