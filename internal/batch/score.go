package batch

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/score"
)

// score returns the record of a score. Its value and what it is about are checked
// here, so that a client hears of it.
func (b *body) score(o *occasion) fold.Record {
	r := b.newRecord(fold.Score, o)
	r.ID = b.entityID(o, fold.Score)
	target := score.Target{
		TraceID:       b.traceID(o),
		ObservationID: b.textNotEmpty(keyObservationID),
		SessionID:     b.textNotEmpty(keySessionID),
		RunID:         b.textNotEmpty(keyDatasetRunID),
	}
	if err := target.Check(); err != nil && !b.targetToldWrong() {
		b.add(custom(at(b.path), "%s", err.Error()))
	}
	dataType, known := b.scoreDataType()
	if dataType == score.Correction && (target.SessionID != "" || target.RunID != "") {
		b.add(custom(b.pathOf(keyDataType), "a %s is about a trace or an observation", score.Correction))
	}
	if config := b.textNotEmpty(keyConfigID); config != "" {
		b.add(custom(b.pathOf(keyConfigID), "there is no score config with this id in the project"))
	}
	source := b.scoreSource(o, known && dataType != score.Correction)
	b.setEnvironment(&r)
	r.SetDefault(fold.Start, fold.Time(r.Time))
	b.setRaw(&r)
	setRef(&r, fold.TraceRef, target.TraceID)
	setRef(&r, fold.ObservationRef, target.ObservationID)
	setRef(&r, fold.SessionRef, target.SessionID)
	setRef(&r, fold.RunRef, target.RunID)
	if value, ok := b.scoreValue(dataType, known); ok {
		r.Set(fold.ScoreValue, fold.ScoreOf(value))
	}
	b.setClearable(&r, fold.Comment, keyComment)
	if source == "" {
		r.SetDefault(fold.Source, fold.Text(string(score.API)))
	} else {
		r.Set(fold.Source, fold.Text(string(source)))
	}
	b.setClearable(&r, fold.Queue, keyQueueID)
	b.setClearable(&r, fold.ExecutionTrace, keyExecutionTraceID)
	b.setMetadata(&r)
	return r
}

func setRef(r *fold.Record, f fold.Field, to string) {
	if to != "" {
		r.Set(f, fold.Text(to))
	}
}

// targetToldWrong reports whether a part of the target is no text, which is told
// already and says more.
func (b *body) targetToldWrong() bool {
	for _, k := range [...]key{keyTraceID, keyObservationID, keySessionID, keyDatasetRunID} {
		if b.given(k) && b.values[k][0] != '"' {
			return true
		}
	}
	return false
}

// scoreValue returns the name and value, if they are in order.
func (b *body) scoreValue(t score.DataType, known bool) (v score.Value, ok bool) {
	given := score.Given{DataType: t}
	given.Name, _ = b.text(keyName)
	if given.Name == "" && t != score.Correction {
		switch {
		case !b.given(keyName):
			b.add(wrongType(b.pathOf(keyName), "string", b.values[keyName]))
		case b.values[keyName][0] == '"':
			b.add(tooShort(b.pathOf(keyName)))
		}
		given.Name = "-" // so that the value is still looked at
	}
	switch raw := b.values[keyValue]; typeOf(raw) {
	case "string":
		if t == score.Boolean {
			b.add(custom(b.pathOf(keyValue), "expected 0 or 1 for data type %s, received string", t))
			return score.Value{}, false
		}
		s := unquote(raw)
		given.Text = &s
	case "number":
		f, err := strconv.ParseFloat(string(raw), 64)
		if err != nil {
			f = math.Inf(1)
		}
		given.Number = &f
	default:
		p := wrongType(b.pathOf(keyValue), "number or string", raw)
		if typeOf(raw) == "boolean" {
			p.Message += fmt.Sprintf(" (a boolean is sent as 0 or 1 with dataType %s)", score.Boolean)
		}
		b.add(p)
		return score.Value{}, false
	}
	if !known {
		return score.Value{}, false
	}
	v, err := score.ValueOf(given)
	if err != nil {
		b.addSentence(err.Error())
	}
	return v, err == nil
}

// addSentence makes a problem of a sentence that begins with the key it is about.
func (b *body) addSentence(sentence string) {
	name, message, ok := strings.Cut(sentence, ": ")
	if k, known := keyOf([]byte(name)); ok && known {
		b.add(custom(b.pathOf(k), "%s", message))
		return
	}
	b.add(custom(at(b.path), "%s", sentence))
}

// scoreDataType returns the data type, "" for none; ok is false when it is wrong. It
// may be absent but not null.
func (b *body) scoreDataType() (t score.DataType, ok bool) {
	allowed := make([]string, 0, 5)
	for _, t := range score.DataTypes() {
		allowed = append(allowed, string(t))
	}
	if isNull(b.values[keyDataType]) {
		b.add(wrongOption(b.pathOf(keyDataType), allowed))
		return "", false
	}
	s, ok := b.option(keyDataType, allowed)
	return score.DataType(s), ok || b.values[keyDataType] == nil
}

// scoreSource returns the source, "" for none. It may be absent but not null. What
// an evaluator says comes as an event only, and a person's annotation follows a
// score config unless it is a correction.
func (b *body) scoreSource(o *occasion, needsConfig bool) score.Source {
	allowed := make([]string, 0, 3)
	for _, s := range score.Sources() {
		if s != score.Eval || !o.single {
			allowed = append(allowed, string(s))
		}
	}
	if isNull(b.values[keySource]) {
		b.add(wrongOption(b.pathOf(keySource), allowed))
		return ""
	}
	s, _ := b.option(keySource, allowed)
	config := b.values[keyConfigID]
	without := config == nil || isNull(config) || string(config) == `""`
	if score.Source(s) == score.Annotation && without && needsConfig {
		b.add(custom(b.pathOf(keyConfigID), "a score with source %s needs a score config", score.Annotation))
	}
	return score.Source(s)
}
