package redisdb

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/integration/kit"
)

func TestReadsURLs(t *testing.T) {
	for _, test := range []struct {
		url      string
		kind     string
		want     redis.UniversalOptions
		redacted string // empty: the same
		local    bool
	}{
		{"redis://127.0.0.1", "server", redis.UniversalOptions{Addrs: []string{"127.0.0.1:6379"}}, "", true},
		{"redis://localhost:7000/3", "server", redis.UniversalOptions{Addrs: []string{"localhost:7000"}, DB: 3}, "", true},
		{"redis://[::1]:7000/", "server", redis.UniversalOptions{Addrs: []string{"[::1]:7000"}}, "", true},
		{"redis://[::1]", "server", redis.UniversalOptions{Addrs: []string{"[::1]:6379"}}, "", true},
		{"redis://192.0.2.1", "server", redis.UniversalOptions{Addrs: []string{"192.0.2.1:6379"}}, "", false},
		{"redis://localhost.example.com", "server", redis.UniversalOptions{Addrs: []string{"localhost.example.com:6379"}}, "", false},
		{"REDIS://u:p@h", "server", redis.UniversalOptions{Addrs: []string{"h:6379"}, Username: "u", Password: "p"},
			"redis://u:xxxxx@h", false},
		{"redis://:p%40ss%2F%3F%23%25%3A%20@h:1/2", "server",
			redis.UniversalOptions{Addrs: []string{"h:1"}, Password: "p@ss/?#%: ", DB: 2}, "redis://:xxxxx@h:1/2", false},
		{"redis://u:p@ss:w+rd@h", "server", redis.UniversalOptions{Addrs: []string{"h:6379"}, Username: "u", Password: "p@ss:w+rd"},
			"redis://u:xxxxx@h", false},
		{"redis://u%3Aser@h", "server", redis.UniversalOptions{Addrs: []string{"h:6379"}, Username: "u:ser"}, "", false},
		{"redis://h/1?db=2&client_name=gw&pool_size=3&protocol=2", "server",
			redis.UniversalOptions{Addrs: []string{"h:6379"}, DB: 2, ClientName: "gw", PoolSize: 3, Protocol: 2}, "", false},
		{"unix:///run/redis.sock", "server", redis.UniversalOptions{Addrs: []string{"/run/redis.sock"}}, "", true},
		{"unix://u:p@/run/my%20redis.sock?db=4", "server",
			redis.UniversalOptions{Addrs: []string{"/run/my redis.sock"}, Username: "u", Password: "p", DB: 4},
			"unix://u:xxxxx@/run/my%20redis.sock?db=4", true},
		{"redis+sentinel://a,b:1,[2001:db8::1]/glance", "sentinel",
			redis.UniversalOptions{Addrs: []string{"a:26379", "b:1", "[2001:db8::1]:26379"}, MasterName: "glance"}, "", false},
		{"redis+sentinel://127.0.0.1/glance/5", "sentinel",
			redis.UniversalOptions{Addrs: []string{"127.0.0.1:26379"}, MasterName: "glance", DB: 5}, "", false},
		{"redis+sentinel://u:p@a?master_name=glance&db=6&addr=b&sentinel_username=s&sentinel_password=q%26r", "sentinel",
			redis.UniversalOptions{Addrs: []string{"a:26379", "b:26379"}, MasterName: "glance", DB: 6, Username: "u", Password: "p",
				SentinelUsername: "s", SentinelPassword: "q&r"},
			"redis+sentinel://u:xxxxx@a?addr=b&db=6&master_name=glance&sentinel_password=xxxxx&sentinel_username=s", false},
		{"redis+cluster://a:1,b:2,c", "cluster",
			redis.UniversalOptions{Addrs: []string{"a:1", "b:2", "c:6379"}, IsClusterMode: true}, "", false},
		{"redis+cluster://u:p@127.0.0.1/0", "cluster",
			redis.UniversalOptions{Addrs: []string{"127.0.0.1:6379"}, IsClusterMode: true, Username: "u", Password: "p"},
			"redis+cluster://u:xxxxx@127.0.0.1/0", false},
	} {
		u, err := Parse(test.url)
		if err != nil {
			t.Errorf("%s: %v", test.url, err)
			continue
		}
		o, err := u.options()
		if err != nil {
			t.Fatal(err)
		}
		if test.want.Protocol == 0 {
			test.want.Protocol = 3
		}
		if got, want := fmt.Sprintf("%+v", *o), fmt.Sprintf("%+v", test.want); got != want || u.Kind != test.kind {
			t.Errorf("%s is read as %s\n%s, want\n%s", test.url, u.Kind, got, want)
		}
		if test.redacted == "" {
			test.redacted = test.url
		}
		if u.Redacted() != test.redacted || u.Local() != test.local {
			t.Errorf("%s: redacted %s, local %t; want %s, %t", test.url, u.Redacted(), u.Local(), test.redacted, test.local)
		}
	}
}

func TestRefusesURLs(t *testing.T) {
	for _, test := range []struct{ url, want string }{
		{"", "begins with no scheme; write one like redis://"},
		{"127.0.0.1:6379", "begins with no scheme"},
		{"u:s3cret@127.0.0.1", "begins with no scheme"},
		{"u:s3cret://127.0.0.1", "has an unknown scheme; write"},
		{"memcached://h", `has an unknown scheme "memcached"`},
		{"unix+sentinel:///x", `has an unknown scheme "unix+sentinel"`},
		{"redis+ring://h", `has an unknown scheme "redis+ring"`},
		{"redis://", "has an empty host"},
		{"redis:///0", "has an empty host"},
		{"redis://u:s3cret@/0", "has an empty host"},
		{"redis+cluster://a,,b", "has an empty host"},
		{"redis://a,b", "names several servers; begin it with redis+cluster"},
		{"redis://h?addr=b", "names several servers"},
		{"redis://h:x", "has a port that is not a number from 1 to 65535"},
		{"redis://h:0", "has a port"},
		{"redis://h:65536", "has a port"},
		{"redis+sentinel://a:s3cret,b/m", "has a port"},
		{"redis+cluster://a?addr=b:s3cret", "has a port"},
		{"redis://2001:db8::1", "IPv6 addresses in [ ]"},
		{"redis://a b", "has a host with an invalid character"},
		{"redis://u:s3/cret@h", "has an @ after the host; in user, password and parameters write / as %2F"},
		{"redis://u:s3?cret@h", "has an @ after the host"},
		{"redis://u:12#s3cret@h", "has an @ after the host"},
		{"redis://h#s3cret", "has a #; write it as %23"},
		{"redis://u:s3%cret@h", "an incomplete percent-encoding; write % as %25"},
		{"redis://h?client_name=%zz", "has parameters with a character"},
		{"redis://u:s3\ncret@h", "has a character that needs percent-encoding"},
		{"redis://h/x", `has "x" for the database, which must be a number`},
		{"redis://h/0/1", `has "0/1" for the database`},
		{"redis://h/-1", "for the database"},
		{"redis://h?db=x", `has "x" for the database`},
		{"redis+cluster://h/1", "names a database, but a cluster has only number 0"},
		{"redis+sentinel://h", "names no master"},
		{"redis+sentinel://h/m/x", `has "x" for the database`},
		{"unix://", "has no path"},
		{"unix:///", "has no path"},
		{"unix://run/redis.sock", "begins with a slash"},
		{"redis://h?read_timeout=3s", `has an unknown parameter "read_timeout"; known are client_name`},
		{"redis://h?master_name=m", `has an unknown parameter "master_name"`},
		{"redis://h?sentinel_password=s3cret", `has an unknown parameter; known`},
		{"redis+sentinel://h/m?sentinel_password=a&s3cret", "has an unknown parameter; known"},
		{"redis://h?protocol=4", `has "4" for protocol`},
		{"redis://h?pool_size=-1", `has "-1" for pool_size`},
		{"redis://h?db=1&db=2", "has the parameter db more than once"},
		{"redis://h?ca_file=/x", "has ca_file, but no TLS; begin it with rediss"},
		{"rediss://h?ca_file=/missing.pem", "names a ca_file that can't be read"},
		{"rediss://h?ca_file=/dev/null", "ca_file /dev/null, which has no certificate in PEM form"},
		{"rediss://h?cert_file=/x", "has only one of cert_file and key_file"},
		{"rediss://h?cert_file=/missing.pem&key_file=/missing.key", "names cert_file and key_file that can't be used"},
	} {
		u, err := Parse(test.url)
		switch {
		case err == nil:
			t.Errorf("%s is taken: %s", test.url, u.Redacted())
		case !strings.Contains(err.Error(), test.want):
			t.Errorf("%s: %v; want %s", test.url, err, test.want)
		case strings.Contains(err.Error(), "cret"):
			t.Errorf("%s: the error has the password in it: %v", test.url, err)
		}
	}
}

// A password may have any characters, encoded or not: nothing of it is shown, in
// errors either.
func FuzzHidesPasswords(f *testing.F) {
	schemes := []string{"redis", "unix", "rediss+sentinel", "redis+cluster"}
	for _, seed := range [][2]string{
		{"", ""}, {"p@h/", ""}, {"p@h?client_name=", ""}, {"1#", "@h"}, {"%", "%zz"}, {"@[::1]:7,", ",b"}, {"", "@h?"},
		{"@a/m?sentinel_password=", "&"}, {"x://", "://"}, {"\x00", "\n"},
	} {
		for n := range schemes {
			f.Add(uint8(n), seed[0], seed[1])
		}
	}
	const marked = "hunter2secret"
	f.Fuzz(func(t *testing.T, n uint8, before, after string) {
		defer kit.Cheap(t, len(before)+len(after))()
		scheme := schemes[int(n)%len(schemes)]
		texts := []string{scheme + "://u:" + before + marked + after + "@host/0"}
		if !strings.Contains(before, "&") { // what follows it is another parameter
			texts = append(texts, scheme+"://host/m?sentinel_password="+before+marked+after)
		}
		for _, text := range texts {
			shown := ""
			if u, err := Parse(text); err != nil {
				shown = err.Error()
			} else {
				shown = u.Redacted()
				if _, err := Parse(shown); err != nil {
					t.Errorf("%q is redacted to %q, which can't be read: %v", text, shown, err)
				}
			}
			if strings.Contains(shown, marked) {
				t.Errorf("%q is shown as %q", text, shown)
			}
		}
	})
}
