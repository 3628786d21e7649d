package glanceconf

import (
	"strings"
	"testing"
	"testing/fstest"
)

// Which files count, and which of them wins (registry-config.md, 1.1).
func TestCommandLine(t *testing.T) {
	file := func(port string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("[DEFAULT]\nbind_host = 127.0.0.1\nbind_port = " + port +
			"\n[database]\nconnection = mysql+pymysql://g:s3cret@h/d\n[paste_deploy]\nflavor = trusted-auth\n")}
	}
	root := fstest.MapFS{
		"usr/share/glance/glance-registry-dist.conf": file("1"),
		"etc/glance/glance.conf":                     file("2"),
		"etc/glance/glance-registry.conf":            file("3"),
		"etc/glance/glance-registry.conf.d/a.conf":   file("4"),
		"home/f.conf":   file("5"),
		"home/d/b.conf": file("6"),
		"home/d/a.conf": file("7"),
	}
	for _, c := range []struct {
		args  string
		port  int
		files string // without those of the default folder
	}{
		{"", 4, "/usr/share/glance/glance-registry-dist.conf, /etc/glance/glance.conf, /etc/glance/glance-registry.conf, /etc/glance/glance-registry.conf.d/a.conf"},
		{"--config-file /home/f.conf", 5, "/etc/glance/glance-registry.conf.d/a.conf, /home/f.conf"},
		{"--config-file=f.conf", 5, "/etc/glance/glance-registry.conf.d/a.conf, /home/f.conf"},
		{"--config-file ~/f.conf --config-dir d", 6, "/home/f.conf, /home/d/a.conf, /home/d/b.conf"},
		{"--config-dir=d --config-file=f.conf", 5, "/home/d/a.conf, /home/d/b.conf, /home/f.conf"},
		{"--config-dir d", 6, "/usr/share/glance/glance-registry-dist.conf, /etc/glance/glance.conf, /etc/glance/glance-registry.conf, /home/d/a.conf, /home/d/b.conf"},
		{"--config-file f.conf --config-file /etc/glance/glance-registry.conf --debug", 3,
			"/etc/glance/glance-registry.conf.d/a.conf, /home/f.conf, /etc/glance/glance-registry.conf, command line"},
	} {
		settings, err := startedWith(root, c.args)
		if err != nil {
			t.Errorf("%s: %v", c.args, err)
			continue
		}
		if files := strings.Join(settings.Files, ", "); settings.Listen.Port != c.port || files != c.files {
			t.Errorf("%s: port %d of %s", c.args, settings.Listen.Port, files)
		}
	}
	for args, want := range map[string]string{
		"--config-file missing":    "/home/missing: file does not exist",
		"--config-dir f.conf":      "is no folder",
		"--config-file":            "needs a value",
		"--bind-port 1":            "no option of the command line",
		"--debug=1":                "takes no value",
		"start":                    `"start" is no option`,
		"--config x":               "may be each of",
		"--use-sys":                "may be each of --use-syslog, --use-syslog-rfc-format",
		"--config-file /etc/sh.pw": "does not exist",
	} {
		if _, err := startedWith(root, args); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
	if _, err := startedWith(fstest.MapFS{"x": file("1")}, ""); err == nil || !strings.Contains(err.Error(), "there is no glance-registry.conf in") {
		t.Errorf("no file at all: %v", err)
	}
}

// The command line wins over files.
func TestCommandLineWins(t *testing.T) {
	root := fstest.MapFS{"home/f.conf": &fstest.MapFile{Data: []byte("[DEFAULT]\nbind_host = 127.0.0.1\ndebug = true\nlog_file = /var/log/a\n" +
		"[database]\nconnection = mysql+pymysql://g:s3cret@h/d\n[paste_deploy]\nflavor = trusted-auth\n")}}
	for args, want := range map[string]Log{
		"":                               {"DEBUG", "/var/log/a"},
		" --nodebug":                     {"INFO", "/var/log/a"},
		" --nodebug --debug":             {"DEBUG", "/var/log/a"},
		" --nod --log-file=/var/log/b":   {"INFO", "/var/log/b"},
		" -d --logfile b --log-dir /x":   {"DEBUG", "/x/b"},
		" --use-syslog --nouse-journal":  {"DEBUG", "/var/log/a"},
		" --log-fi c --log_config y":     {"DEBUG", "c"},
		" --verbose --log-date-format z": {"DEBUG", "/var/log/a"},
	} {
		settings, err := startedWith(root, "--config-file f.conf"+args)
		if err != nil || settings.Log != want {
			t.Errorf("%s: %v %v", args, settings, err)
		}
	}
}

func startedWith(root fstest.MapFS, args string) (*Settings, error) {
	line, err := ParseCommandLine(strings.Fields(args))
	if err != nil {
		return nil, err
	}
	settings, _, err := Read(Input{Start: line, Root: root, Home: "/home", Folder: "/home"})
	return settings, err
}
