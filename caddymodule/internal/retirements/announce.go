package retirements

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/glancegate/glancegate/internal/retirement"
)

// lookInterval bounds how late a notice comes after the clock was set.
const lookInterval = time.Minute

// Log announces brownouts and the sunset in a log, until the context ends.
func (s *Retirement) Log(ctx context.Context, logger *zap.Logger) {
	last := time.Now()
	s.logNow(logger, last)
	for {
		notices := s.Notices(last)
		if len(notices) == 0 {
			return
		}
		wait := min(max(time.Until(notices[0].At), 0), lookInterval)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if now := time.Now(); now.Before(notices[0].At) {
			continue
		}
		last = notices[0].At
		for _, n := range notices {
			logger.Warn("retirement of the registry: "+string(n.Event), s.fields(n.Window)...)
		}
	}
}

// logNow says at the start what is planned, so that a restart does not swallow the notice.
func (s *Retirement) logNow(logger *zap.Logger, now time.Time) {
	phase, _ := s.At(now)
	next, _ := s.Next(now)
	fields := s.fields(next)
	switch phase {
	case retirement.InBrownout:
		logger.Warn("retirement of the registry: a brownout is in progress", fields...)
	case retirement.ReadsOnly:
		logger.Warn("retirement of the registry: the sunset has passed, writes are refused", fields...)
	case retirement.Ended:
		logger.Warn("retirement of the registry: the sunset has passed, all requests are refused", fields...)
	default:
		logger.Info("retirement of the registry is planned", fields...)
	}
}

func (s *Retirement) fields(w retirement.Window) []zap.Field {
	var fields []zap.Field
	if !s.Sunset.IsZero() {
		fields = append(fields, moment("sunset", s.Sunset))
	}
	if !w.Start.IsZero() {
		fields = append(fields, moment("brownout_start", w.Start), moment("brownout_end", w.End), zap.Float64("share", s.Share))
	}
	return append(fields, zap.Bool("dry_run", s.DryRun))
}

// moment is a time as people plan it, whatever the log's format for times.
func moment(name string, t time.Time) zap.Field {
	return zap.String(name, t.UTC().Format(time.RFC3339))
}
