// Package glanceconf converts the files of an old glance-registry into settings of the
// gateway: its configuration, its pipelines and its policy (registry-config.md). Options
// that decide about authorization, the database or the address are carried over or
// refused, never ignored.
package glanceconf

import "github.com/glancegate/glancegate/glanceconf/internal/osloconf"

// Verdict is what becomes of an option.
type Verdict byte

// The verdicts of registry-config.md.
const (
	Honour    Verdict = 'H' // carried over exactly
	Translate Verdict = 'T' // carried over approximately
	Ignore    Verdict = 'I' // without any effect on clients
	Warn      Verdict = 'W' // not carried over, with a warning
	Refuse    Verdict = 'R' // the whole configuration is refused
)

func (v Verdict) String() string {
	switch v {
	case Honour:
		return "honoured"
	case Translate:
		return "translated"
	case Ignore:
		return "ignored"
	case Warn:
		return "ignored with a warning"
	default:
		return "refused"
	}
}

// Option is an option that glance-registry knew.
type Option struct {
	osloconf.Option
	Verdict Verdict

	// Note says what becomes of it.
	Note string
}

// options is every option that is looked for in configuration files, and what
// becomes of it.
func options() []Option {
	var all []Option
	for _, section := range sections {
		for _, o := range section.options {
			o.Section = section.name
			for i := range o.Old {
				if o.Old[i].Section == "" {
					o.Old[i].Section = section.name
				}
			}
			all = append(all, o)
		}
	}
	return all
}

// ignoredSections are those of which nothing ever had an effect on the registry.
var ignoredSections = []string{
	"barbican", "cache", "cors", "cors.subdomain", "glance_store", "image_format", "import_filtering_opts", "key_manager",
	"matchmaker_redis", "oslo_concurrency", "oslo_messaging_amqp", "oslo_messaging_kafka", "oslo_messaging_notifications",
	"oslo_messaging_rabbit", "oslo_messaging_zmq", "oslo_reports", "store_type_location_strategy", "task", "taskflow_executor",
}

func text(key string, verdict Verdict, note string) Option {
	return option(key, osloconf.Text, verdict, note)
}

func boolean(key string, verdict Verdict, note string) Option {
	return option(key, osloconf.Bool, verdict, note)
}

func integer(key string, verdict Verdict, note string) Option {
	return option(key, osloconf.Int, verdict, note)
}

func list(key string, verdict Verdict, note string) Option {
	return option(key, osloconf.List, verdict, note)
}

func option(key string, kind osloconf.Type, verdict Verdict, note string) Option {
	return Option{Option: osloconf.Option{Name: osloconf.Name{Key: key}, Type: kind}, Verdict: verdict, Note: note}
}

// or gives an option a default.
func (o Option) or(value string) Option {
	o.Default = value
	return o
}

// was gives an option earlier names in the same section.
func (o Option) was(keys ...string) Option {
	for _, key := range keys {
		o.Old = append(o.Old, osloconf.Name{Key: key})
	}
	return o
}

// wasIn gives an option an earlier name in another section.
func (o Option) wasIn(section, key string) Option {
	o.Old = append(o.Old, osloconf.Name{Section: section, Key: key})
	return o
}
