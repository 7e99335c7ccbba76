package telemetrytest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/score"
)

func showScore(s *score.Score) fields {
	f := fields{
		"timestamp": micros(&s.Timestamp), "name": s.Name, "type": string(s.DataType), "number": showNumber(s.Number), "text": opt(s.Text), "config": opt(s.ConfigID),
		"trace": opt(s.TraceID), "observation": opt(s.ObservationID), "session": opt(s.SessionID), "run": opt(s.RunID),
		"environment": s.Environment, "source": string(s.Source), "comment": opt(s.Comment), "author": opt(s.AuthorID), "queue": opt(s.QueueID),
		"execution trace": opt(s.ExecutionTraceID), "metadata": canonical(s.Metadata.Object), "raw": payload(s.Raw),
	}
	f["value"] = strings.Join([]string{f["type"], f["name"], f["number"], f["text"], f["config"]}, " ")
	return f
}

func showNumber(n float64) string { return strconv.FormatFloat(n, 'g', -1, 64) }

// showScoreTrace writes what a list of scores shows of a score's trace.
func showScoreTrace(t *score.Trace) string {
	if t == nil {
		return none
	}
	return fmt.Sprintf("user %s, session %s, environment %s, tags %s", opt(t.UserID), opt(t.SessionID), t.Environment, strings.Join(t.Tags, " "))
}
