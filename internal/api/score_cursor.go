package api

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
)

// scoreCursor is the cursor of the v3 list of scores, base64 of JSON. As in the
// cursor of observations, the time has microseconds.
type scoreCursor struct {
	Version   int    `json:"v"`
	Timestamp string `json:"lastTimestamp"`
	ID        string `json:"lastId"`
}

const scoreCursorVersion = 1

func formatScoreCursor(p telemetry.ScorePosition) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.Encode(scoreCursor{scoreCursorVersion, p.Timestamp.Time().Format(cursorLayout), p.ID}) //nolint:errcheck // always encodes
	return base64.RawURLEncoding.EncodeToString([]byte(strings.TrimSpace(b.String())))
}

// parseScoreCursor returns the position that a cursor stands for, nil for the
// empty one.
func parseScoreCursor(text string) (*telemetry.ScorePosition, error) {
	if text == "" {
		return nil, nil
	}
	value, err := decodeCursor(text)
	if err != nil {
		return nil, err
	}
	object, _ := value.(map[string]any)
	version, _ := object["v"].(float64)
	last, _ := object["lastTimestamp"].(string)
	id, hasID := object["lastId"].(string)
	at, ok := parseMicros(last)
	if version != scoreCursorVersion || !hasID || !ok {
		return nil, fault.New(fault.Invalid, invalidCursor)
	}
	return &telemetry.ScorePosition{Timestamp: at, ID: id}, nil
}
