package redisdb_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

func open(t *testing.T, text string) redis.UniversalClient {
	t.Helper()
	u, err := redisdb.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	client, err := u.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// works stores and reads a value, and sees what the server knows of the client.
func works(t *testing.T, text string) {
	t.Helper()
	client := open(t, text)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := client.Set(ctx, "key", text, time.Minute).Err(); err != nil {
		t.Errorf("%s: %v", text, err)
		return
	}
	if got := client.Get(ctx, "key").Val(); got != text {
		t.Errorf("%s: stored %q", text, got)
	}
	if masters, err := redisdb.Masters(ctx, client); err != nil || masters == "" {
		t.Errorf("%s: masters %q, %v", text, masters, err)
	}
}

// fails wants an error that tells the reason, and no password.
func fails(t *testing.T, text, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := open(t, text).Ping(ctx).Err()
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "cret") {
		t.Errorf("%s: %v; want %s", text, err, want)
	}
}

func TestConnectsToServers(t *testing.T) {
	s := servers.StartRedis(t)
	s.Do("ACL", "SETUSER", "gateway", "on", ">s3/cret@", "~*", "&*", "+@all")
	address := s.Address()
	works(t, s.URL)
	works(t, "redis://"+address+"/7?client_name=gateway")
	works(t, "redis://gateway:s3%2Fcret%40@"+address)
	works(t, "unix://"+s.Socket+"?db=3")
	works(t, "unix://gateway:s3%2Fcret%40@"+s.Socket+"?client_name=gateway")
	fails(t, "redis://gateway:s3cret@"+address, "WRONGPASS")
	fails(t, "redis://nobody:s3cret@"+address, "WRONGPASS")
	fails(t, "redis://"+address+"/16", "DB index is out of range")
	fails(t, "unix:///nowhere/redis.sock", "no such file")
	if keys := s.Do("DBSIZE"); keys != int64(1) {
		t.Errorf("database 0 has %v keys", keys)
	}
	if info, _ := s.Do("INFO", "keyspace").(string); !strings.Contains(info, "db3:keys=1") || !strings.Contains(info, "db7:keys=1") {
		t.Errorf("the numbers of databases are not used: %s", info)
	}
}

func TestTellsItsName(t *testing.T) {
	s := servers.StartRedis(t)
	for _, text := range []string{s.URL + "?client_name=gateway", "unix://" + s.Socket + "?client_name=gateway"} {
		if name := open(t, text).ClientGetName(t.Context()).Val(); name != "gateway" {
			t.Errorf("%s: the name is %q", text, name)
		}
	}
}

func TestConnectsWithTLS(t *testing.T) {
	s := servers.StartRedisTLS(t)
	with := func(pairs ...string) string {
		query := url.Values{}
		for n := 0; n < len(pairs); n += 2 {
			query.Set(pairs[n], pairs[n+1])
		}
		return s.URL + "?" + query.Encode()
	}
	certificate := []string{"cert_file", s.ClientCertificate, "key_file", s.ClientKey}
	trusted := append([]string{"ca_file", s.CA}, certificate...)
	works(t, with(trusted...))
	works(t, with(append(trusted, "server_name", "redis.example.com")...))
	works(t, strings.Replace(with(append(trusted, "server_name", "redis.example.com")...), "127.0.0.1", "localhost", 1))
	fails(t, with(certificate...), "unknown authority")
	fails(t, with(append(trusted, "server_name", "other.example.com")...), "not other.example.com")
	fails(t, strings.Replace(with(trusted...), "127.0.0.1", "localhost", 1), "not localhost")
	fails(t, with("ca_file", s.CA), "certificate required")
}

func TestConnectsToTheMasterOfASentinel(t *testing.T) {
	s := servers.StartRedisSentinel(t)
	works(t, s.URL)
	if role := s.Master.Do("GET", "key"); role != s.URL {
		t.Errorf("the master has the value %v", role)
	}
	fails(t, strings.Replace(s.URL, "/glance", "/other", 1), "sentinels")
}

func TestConnectsToClusters(t *testing.T) {
	c := servers.StartRedisCluster(t)
	works(t, c.URL)
	masters, err := redisdb.Masters(t.Context(), open(t, c.URL))
	if err != nil || strings.Count(masters, ":true") != 3 {
		t.Errorf("masters %q, %v", masters, err)
	}
}

// A server that takes no writes is no master, and one that has been made the
// master is another than before.
func TestKnowsTheMaster(t *testing.T) {
	s := servers.StartRedis(t)
	client := open(t, s.URL)
	before, err := redisdb.Masters(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	s.Do("REPLICAOF", "127.0.0.1", "1")
	if masters, err := redisdb.Masters(t.Context(), client); err == nil || !strings.Contains(err.Error(), "role is slave") {
		t.Errorf("a replica is a master: %q, %v", masters, err)
	}
	s.Do("REPLICAOF", "NO", "ONE")
	if after, err := redisdb.Masters(t.Context(), client); err != nil || after == before {
		t.Errorf("the history went on: %q, %v", after, err)
	}
}
