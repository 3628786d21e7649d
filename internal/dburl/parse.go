package dburl

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"
)

// Parse reads a URL. A line end behind it, as in a file, does not count.
// Errors say what is wrong and how to write it, and never contain the password.
func Parse(text string) (*URL, error) {
	text = strings.TrimRight(text, "\r\n")
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, errors.New("database URL: it contains a line end or another control character; write it on one line")
	}
	driver, rest, found := strings.Cut(text, "://")
	if !found {
		driver = ""
	}
	dialect, err := dialectOf(driver)
	if err != nil {
		return nil, err
	}
	u := &URL{Dialect: dialect, Driver: driver, Query: map[string]string{}}
	rest = u.takeCredentials(rest)
	if rest, err = u.takeHost(rest); err != nil {
		return nil, err
	}
	if rest, err = u.takePort(rest); err != nil {
		return nil, err
	}
	if err := u.takeDatabase(rest); err != nil {
		return nil, err
	}
	return u, nil
}

// takeCredentials takes the user and the password.
func (u *URL) takeCredentials(rest string) string {
	user, password, rest, found := cutCredentials(rest)
	u.User = unquote(user)
	if found {
		password = unquote(password)
		u.password = &password
	}
	return rest
}

// cutCredentials cuts the user, and a password up to the last "@" of the whole
// text: it may hold every character.
func cutCredentials(text string) (user, password, rest string, found bool) {
	user = text
	if end := strings.IndexAny(text, ":/"); end >= 0 {
		user = text[:end]
		if at := strings.LastIndexByte(text, '@'); text[end] == ':' && at > end {
			return user, text[end+1 : at], text[at+1:], true
		}
	}
	if at := strings.LastIndexByte(user, '@'); at >= 0 {
		return user[:at], "", text[at+1:], false
	}
	return "", "", text, false
}

// CutPassword cuts a URL around its password, which stays encoded as it is.
func CutPassword(text string) (before, password, after string, found bool) {
	start := strings.Index(text, "://") + len("://")
	if start < len("://") {
		return text, "", "", false
	}
	user, password, rest, found := cutCredentials(text[start:])
	if !found {
		return text, "", "", false
	}
	return text[:start] + user + ":", password, "@" + rest, true
}

func (u *URL) takeHost(rest string) (string, error) {
	if !strings.HasPrefix(rest, "[") {
		end := strings.IndexAny(rest, "/:")
		if end < 0 {
			end = len(rest)
		}
		if u.Host = rest[:end]; strings.Contains(u.Host, "?") {
			return "", errors.New("database URL: write a slash between the host and the question mark")
		}
		return rest[end:], nil
	}
	end := strings.IndexByte(rest, ']')
	if end < 0 || !isIPv6(rest[1:end]) {
		return "", errors.New("database URL: write an IPv6 address in the brackets, such as [fd00::1]")
	}
	u.Host = rest[1:end]
	return rest[end+1:], nil
}

func isIPv6(host string) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && address.Is6()
}

// takePort takes the port. It is not quoted in errors: without an "@" in the
// URL it is the password.
func (u *URL) takePort(rest string) (string, error) {
	if text, ok := strings.CutPrefix(rest, ":"); ok {
		end := strings.IndexByte(text, '/')
		if end < 0 {
			end = len(text)
		}
		port, err := strconv.ParseUint(text[:end], 10, 16)
		if err != nil || port == 0 {
			return "", errors.New("database URL: write a port from 1 to 65535 after the host and a colon; " +
				"with a user and a password the URL is driver://user:password@host:port/database")
		}
		u.Port, rest = strconv.FormatUint(port, 10), text[end:]
	}
	if rest != "" && rest[0] != '/' {
		return "", errors.New("database URL: write a slash and the name of the database after the host")
	}
	return rest, nil
}

func (u *URL) takeDatabase(rest string) error {
	database, query, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "?")
	if strings.Contains(query, "?") {
		// SQLAlchemy dropped what follows, silently.
		return errors.New("database URL: a second question mark; write & between arguments, and %3F for one within an argument")
	}
	u.Database = database
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if value == "" {
			continue
		}
		key, value = unquotePlus(key), unquotePlus(value)
		if before, repeated := u.Query[key]; repeated && u.Dialect == PostgreSQL && listed[key] {
			value = before + "," + value
		}
		u.Query[key] = value
	}
	return nil
}

func unquotePlus(s string) string { return unquote(strings.ReplaceAll(s, "+", " ")) }

// unquote decodes percent escapes; a "%" that begins none stays as it is.
func unquote(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			high, low := hexValue(s[i+1]), hexValue(s[i+2])
			if high >= 0 && low >= 0 {
				b.WriteByte(byte(high<<4 | low))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
