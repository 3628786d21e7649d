package dburl

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// arguments says how the arguments of a dialect are treated (registry-config.md, 6.3).
// Others are refused, as by the old drivers.
type arguments struct {
	taken   []string
	ignored []string
	// refused are known arguments that must not be ignored; the text says what to do.
	refused map[string]string
}

// check refuses arguments, and returns a warning for each that is ignored.
// Values are not quoted: they can be secrets.
func (a *arguments) check(u *URL) (warnings []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(u.Query)) {
		advice, refused := a.refused[name]
		switch {
		case slices.Contains(a.taken, name):
		case slices.Contains(a.ignored, name):
			warnings = append(warnings, "database URL: argument "+name+" has no effect here")
		case refused:
			return nil, u.errorf("argument %s is not supported; %s", name, advice)
		default:
			return nil, u.errorf("argument %q is not known; remove it", name)
		}
	}
	return warnings, nil
}

// CheckArguments is the part of making a driver's settings that needs no files:
// arguments without effect are returned as warnings, unknown ones are an error.
func (u *URL) CheckArguments() (warnings []string, err error) {
	switch u.Dialect {
	case MySQL:
		warnings, err = mysqlArguments.check(u)
		if err == nil {
			err = u.checkMySQL()
		}
	case PostgreSQL:
		warnings, err = postgreSQLArguments.check(u)
		if err == nil {
			_, _, err = u.postgreSQLHosts()
		}
	default:
		_, err = u.SQLitePath()
	}
	if err != nil {
		return nil, err
	}
	return append(u.driverWarning(), warnings...), nil
}

// seconds reads a time limit. A missing one leaves d as it is.
func (u *URL) seconds(name string, d *time.Duration) error {
	text, ok := u.Query[name]
	if !ok {
		return nil
	}
	n, err := strconv.ParseUint(text, 10, 24)
	if err != nil || n == 0 {
		return u.errorf("%s must be a whole number of seconds, 1 or more", name)
	}
	*d = time.Duration(n) * time.Second
	return nil
}

func (u *URL) errorf(format string, args ...any) error {
	return fmt.Errorf("database URL %s: "+format, append([]any{u.Redacted()}, args...)...)
}

func orDefault(value, missing string) string {
	if value == "" {
		return missing
	}
	return value
}
