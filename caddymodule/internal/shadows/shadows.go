// Package shadows has the shadows in use, each once for all handlers with the same
// settings. What they counted lives as long as the process.
package shadows

import (
	"cmp"
	"net/url"
	"slices"
	"sync"

	"go.uber.org/zap"

	"github.com/glancegate/glancegate/caddymodule/internal/share"
	"github.com/glancegate/glancegate/internal/retirement/shadow"
)

var pool = share.NewPool[*Shadow]()

// ledgers are the counts by the URL of the old service.
var ledgers struct {
	sync.Mutex
	byURL map[string]*shadow.Ledger
}

// ledger is the one for a URL.
func ledger(url string) *shadow.Ledger {
	ledgers.Lock()
	defer ledgers.Unlock()
	if ledgers.byURL == nil {
		ledgers.byURL = map[string]*shadow.Ledger{}
	}
	if ledgers.byURL[url] == nil {
		ledgers.byURL[url] = shadow.NewLedger()
	}
	return ledgers.byURL[url]
}

// Config is the settings of a shadow, with all defaults and without placeholders.
type Config struct {
	URL      string // of the old service
	ServeOld bool
	Samples  int
}

// Shadow is a shadow that is in use.
type Shadow struct{ *shadow.Shadow }

// Destruct implements caddy.Destructor.
func (s *Shadow) Destruct() error { return s.Close() }

// Acquire takes a share in a shadow.
func Acquire(c Config, logger *zap.Logger) (*Shadow, error) {
	return pool.Acquire(share.KeyOf(c), func() (*Shadow, error) {
		u, err := url.Parse(c.URL)
		if err != nil {
			return nil, err
		}
		counts := ledger(c.URL)
		counts.Keep(c.Samples)
		return &Shadow{shadow.New(shadow.Config{Old: u, ServeOld: c.ServeOld, Ledger: counts, Logger: logger})}, nil
	})
}

// Release gives a share back.
func Release(c Config) { pool.Release(share.KeyOf(c)) }

// Reports are what the shadows in use found, by URL.
func Reports() []*shadow.Report {
	reports := []*shadow.Report{}
	pool.Each(func(s *Shadow) { reports = append(reports, s.Report()) })
	slices.SortFunc(reports, func(a, b *shadow.Report) int { return cmp.Or(cmp.Compare(a.Old, b.Old), cmp.Compare(a.Serve, b.Serve)) })
	return reports
}

// Reset lets all reports begin anew.
func Reset() {
	ledgers.Lock()
	defer ledgers.Unlock()
	for _, l := range ledgers.byURL {
		l.Reset()
	}
}
