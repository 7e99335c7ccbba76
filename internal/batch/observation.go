package batch

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// observation returns the record of an observation. One without a trace id belongs
// to the observation of the project with its id.
func (b *body) observation(f *form, o *occasion) fold.Record {
	r := b.newRecord(fold.Observation, o)
	if f.id == keyID {
		r.ID = b.entityID(o, fold.Observation)
	} else {
		r.ID = b.requiredID(f.id)
	}
	r.TraceID = b.traceID(o)
	if r.TraceID != "" || string(b.values[keyTraceID]) == `""` {
		b.checkID(keyTraceID, r.TraceID)
	}
	b.setClearable(&r, fold.Name, keyName)
	b.setText(&r, fold.Version, keyVersion)
	b.setEnvironment(&r)
	b.setStart(&r, keyStartTime)
	b.setTime(&r, fold.End, keyEndTime)
	b.setTime(&r, fold.CompletionStart, keyCompletionStartTime)
	b.setParent(&r)
	r.Set(fold.Type, fold.Text(b.observationType(f)))
	b.setLevel(&r)
	b.setText(&r, fold.StatusMessage, keyStatusMessage)
	b.setClearable(&r, fold.Model, keyModel)
	b.setModelParameters(&r, f)
	b.setPrompt(&r)
	b.setPayload(&r, fold.Input, keyInput, keyPrompt)
	b.setPayload(&r, fold.Output, keyOutput, keyCompletion)
	b.setUsage(&r)
	if f.id != keyID && !b.given(keyTraceIDType) {
		b.keep(keyTraceID) // which need not be what the update goes by
	}
	b.setRaw(&r)
	b.setReasons(&r)
	b.setMetadata(&r)
	return r
}

// setParent sets the parent. "" is no parent.
func (b *body) setParent(r *fold.Record) {
	if s := b.textNotEmpty(keyParentObservationID); s != "" {
		r.Set(fold.Parent, fold.Text(s))
	}
}

// observationType is that of the form, or the one that an old event must say.
func (b *body) observationType(f *form) string {
	if f.observation != "" {
		return string(f.observation)
	}
	allowed := []string{string(trace.Generation), string(trace.Span), string(trace.Event)}
	if !b.given(keyType) {
		b.add(wrongOption(b.pathOf(keyType), allowed))
		return ""
	}
	t, _ := b.option(keyType, allowed)
	return t
}

func (b *body) setLevel(r *fold.Record) {
	if isNull(b.values[keyLevel]) {
		r.Set(fold.Level, fold.Null())
		return
	}
	if !b.given(keyLevel) {
		return
	}
	allowed := []string{string(trace.Debug), string(trace.Default), string(trace.Warning), string(trace.Error)}
	if level, ok := b.option(keyLevel, allowed); ok {
		r.Set(fold.Level, fold.Text(level))
	}
}
