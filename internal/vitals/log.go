package vitals

import (
	"fmt"
	"io"
	"log/slog"
	"os"
)

// The log formats.
const (
	FormatJSON = "json" // one JSON object a line
	FormatText = "text" // key=value pairs, for people
)

// NewLogger returns a logger that writes lines from level on to w, which is
// usually stderr. It fails on an unknown format.
func NewLogger(w io.Writer, format string, level slog.Leveler) (*slog.Logger, error) {
	options := &slog.HandlerOptions{Level: level}
	switch format {
	case FormatJSON:
		return slog.New(slog.NewJSONHandler(w, options)), nil
	case FormatText:
		return slog.New(slog.NewTextHandler(w, options)), nil
	default:
		return nil, fmt.Errorf("vitals: unknown log format %q", format)
	}
}

// FormatFor returns the format for a writer that nobody chose one for: text on a
// terminal, where people read it, and JSON elsewhere.
func FormatFor(w io.Writer) string {
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return FormatText
		}
	}
	return FormatJSON
}
