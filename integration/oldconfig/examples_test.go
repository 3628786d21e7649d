package oldconfig

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// examples are the configurations whose Caddyfiles package glanceconf tests.
const examples = "../../glanceconf/testdata"

// Configurations that have an exchange of their own are served from the old files, and
// from the Caddyfile that the program makes of them. The answers are the same. What
// stands in by_hand is a Caddyfile as operators write it, with its own exchange.
func TestExamples(t *testing.T) {
	exchanges, err := filepath.Glob(filepath.Join(examples, "*", "exchange.txt"))
	if err != nil || len(exchanges) < 4 {
		t.Fatalf("%d exchanges, %v", len(exchanges), err)
	}
	for _, exchange := range exchanges {
		folder := filepath.Dir(exchange)
		t.Run(filepath.Base(folder)+"/old files", func(t *testing.T) {
			m := newExample(t, folder)
			m.write("tmp/port.conf", "[DEFAULT]\nbind_port = "+m.port+"\n")
			// The pipelines are in the file beside the last one.
			s := m.launch("glance-registry", "--config-file", "/tmp/port.conf", "--config-file", oldFile)
			s.exchange(exchange, func() { m.overlay(filepath.Join(folder, "changed")) })
			s.stop()
		})
		t.Run(filepath.Base(folder)+"/converted", func(t *testing.T) {
			m := newExample(t, folder)
			want, err := os.ReadFile(filepath.Join(folder, "Caddyfile"))
			if got := m.convert(); err != nil || got != string(want) {
				t.Errorf("%v; convert prints\n%s", err, got)
			}
			s := m.launch("glance-gateway", "run", "--config", "/etc/glance/Caddyfile")
			s.exchange(exchange, func() {
				m.overlay(filepath.Join(folder, "changed"))
				m.convert()
			})
			s.stop()
		})
		byHand := filepath.Join(folder, "by_hand")
		content, err := os.ReadFile(filepath.Join(byHand, "Caddyfile"))
		if os.IsNotExist(err) {
			continue
		}
		t.Run(filepath.Base(folder)+"/by hand", func(t *testing.T) {
			if err != nil {
				t.Fatal(err)
			}
			m := newExample(t, folder)
			m.writeCaddyfile(string(content))
			s := m.launch("glance-gateway", "run", "--config", "/etc/glance/Caddyfile")
			s.exchange(filepath.Join(byHand, "exchange.txt"), func() { t.Error("nothing changes here") })
			s.stop()
		})
	}
}

// Configurations with a fails.txt do not start, from the old files or from the Caddyfile.
// It has what standard error says, since nobody looks for a log that can't be written.
func TestExamplesThatFail(t *testing.T) {
	failures, err := filepath.Glob(filepath.Join(examples, "*", "fails.txt"))
	if err != nil || len(failures) == 0 {
		t.Fatalf("%d failures, %v", len(failures), err)
	}
	for _, failure := range failures {
		content, err := os.ReadFile(failure)
		if err != nil {
			t.Fatal(err)
		}
		for name, words := range map[string][]string{
			"old files": {"glance-registry", "--config-file", oldFile},
			"converted": {"glance-gateway", "run", "--config", "/etc/glance/Caddyfile"},
		} {
			t.Run(filepath.Base(filepath.Dir(failure))+"/"+name, func(t *testing.T) {
				m := newExample(t, filepath.Dir(failure))
				m.convert()
				out, err := m.command(account, words...).CombinedOutput()
				if err == nil {
					t.Error("it has started and ended")
				}
				for want := range strings.Lines(string(content)) {
					if !strings.Contains(string(out), strings.TrimSpace(want)) {
						t.Errorf("%q is not in\n%s", want, out)
					}
				}
			})
		}
	}
}

const oldFile = "/etc/glance/glance-registry.conf"

// newExample is a machine with the files and the environment of an example, and the
// SQLite file that it names.
func newExample(t *testing.T, folder string) *machine {
	t.Helper()
	m := newRoot(t)
	if err := os.Link(filepath.Join(m.root, "usr/bin/glance-registry"), filepath.Join(m.root, "usr/bin/glance-gateway")); err != nil {
		t.Fatal(err)
	}
	m.overlay(filepath.Join(folder, "root"))
	env, err := os.ReadFile(filepath.Join(folder, "env"))
	if err != nil {
		t.Fatal(err)
	}
	m.env = strings.Split(strings.TrimSpace(string(env)), "\n")
	file := filepath.Join(m.root, "var/lib/glance/glance.sqlite")
	servers.NewDatabase(t, servers.SQLite).Exec(t, "VACUUM INTO '"+file+"'")
	if err := os.Chown(file, account, account); err != nil {
		t.Fatal(err)
	}
	return m
}

// overlay puts the files of a folder into their places.
func (m *machine) overlay(folder string) {
	m.t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err == nil {
			m.write(strings.TrimPrefix(path, folder+"/"), string(content))
		}
		return err
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

// convert makes /etc/glance/Caddyfile of the old files, as an operator does, and returns
// what the program has printed.
func (m *machine) convert() string {
	m.t.Helper()
	out, err := m.command(account, "glance-gateway", "glance-registry", "convert", oldFile).Output()
	if err != nil {
		m.t.Fatalf("convert: %v", err)
	}
	m.writeCaddyfile(string(out))
	return string(out)
}

// writeCaddyfile writes one with the port of the machine.
func (m *machine) writeCaddyfile(content string) {
	m.t.Helper()
	m.write("etc/glance/Caddyfile", strings.Replace(content, ":9191 {", ":"+m.port+" {", 1))
}

// exchange does what a file says:
//
//	> a line of a request, which ends where the next line is another one; in it
//	  {3 times x} is xxx
//	< the status line of the answer, then texts that the answer contains
//	reload: the files change, and the service gets SIGHUP
//	logged a text
//	never logged a text
func (s *service) exchange(file string, change func()) {
	s.t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	var sent, wanted []string
	reloaded := false
	request := func() {
		if sent != nil {
			s.expect(sent, wanted, reloaded)
		}
		sent, wanted = nil, nil
	}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSuffix(line, "\n")
		word, rest, _ := strings.Cut(line, " ")
		if word != ">" && word != "<" {
			request()
		}
		switch word {
		case "", "#":
		case ">":
			if wanted != nil {
				request()
			}
			sent = append(sent, repeated(rest))
		case "<":
			wanted = append(wanted, rest)
		case "reload":
			change()
			if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
				s.t.Fatal(err)
			}
			reloaded = true
		case "logged":
			if !kit.Poll(kit.Timeout, func() bool { return strings.Contains(s.logged(), rest) }) {
				s.t.Errorf("%q is not in the log:\n%s", rest, s.logged())
			}
		case "never":
			text := strings.TrimPrefix(rest, "logged ")
			if log := s.logged(); strings.Contains(log, text) {
				s.t.Errorf("%q is in the log:\n%s", text, log)
			}
		default:
			s.t.Fatalf("%s: what is %q?", file, line)
		}
	}
	request()
}

var times = regexp.MustCompile(`\{(\d+) times (.)\}`)

// repeated is a line with what it has to repeat.
func repeated(line string) string {
	return times.ReplaceAllStringFunc(line, func(text string) string {
		match := times.FindStringSubmatch(text)
		n, _ := strconv.Atoi(match[1])
		return strings.Repeat(match[2], n)
	})
}

// expect sends a request and compares the answer, after a reload until it is there.
func (s *service) expect(sent, wanted []string, reloaded bool) {
	s.t.Helper()
	patience := time.Duration(0)
	if reloaded {
		patience = kit.Timeout
	}
	var got string
	if !kit.Poll(patience, func() bool {
		got = s.ask(sent)
		if !strings.HasPrefix(got, wanted[0]+"\n") {
			return false
		}
		for _, text := range wanted[1:] {
			if !strings.Contains(got, text) {
				return false
			}
		}
		return true
	}) {
		log := s.logged()
		s.t.Errorf("%s\nbecomes\n%s\nwant\n%s\nthe end of the log\n%s", strings.Join(sent, "\n"), got, strings.Join(wanted, "\n"), log[max(0, len(log)-4000):])
	}
}

// ask sends the lines of a request as they are, and is the answer: status line,
// headers, body.
func (s *service) ask(lines []string) string {
	s.t.Helper()
	head, body, hasBody := strings.Cut(strings.Join(lines, "\r\n"), "\r\n\r\n")
	if hasBody {
		head += fmt.Sprintf("\r\nContent-Length: %d", len(body))
	}
	conn, err := net.DialTimeout("tcp", "127.0.0.1:"+s.port, kit.Timeout)
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(kit.Timeout))
	if _, err := io.WriteString(conn, head+"\r\n\r\n"+body); err != nil {
		return err.Error()
	}
	method, _, _ := strings.Cut(head, " ")
	answer, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s\n", answer.Proto, answer.Status)
	_ = answer.Header.Write(&text)
	_, _ = io.Copy(&text, answer.Body)
	return text.String()
}

// logged is all that the service has logged.
func (s *service) logged() string {
	return s.output.String() + s.log("registry.log")
}
