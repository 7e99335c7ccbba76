package batch

import (
	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// maxTraceName is how many UTF-16 units the name of a trace may have.
const maxTraceName = 1000

// trace returns the record of a trace. An external id stands for the trace id
// derived from it; where the body has an id too, that trace absorbs the derived one.
func (b *body) trace(o *occasion) fold.Record {
	r := b.newRecord(fold.Trace, o)
	r.ID = b.ownID(keyID, o)
	if external := b.textNotEmpty(keyExternalID); external != "" {
		b.keep(keyExternalID) // a derived id does not show what it comes from
		switch derived := id.Derive(external); r.ID {
		case "":
			r.ID = derived
		case derived:
		default:
			r.Absorbs = derived
		}
	}
	if r.ID == "" {
		r.ID = o.newID(fold.Trace)
	}
	r.TraceID = r.ID
	if raw := b.values[keyName]; len(raw) > maxTraceName && raw[0] == '"' && trace.Length(unquote(raw)) > maxTraceName {
		b.add(tooLong(b.pathOf(keyName), maxTraceName))
	}
	b.setClearable(&r, fold.Name, keyName)
	b.setClearable(&r, fold.UserID, keyUserID)
	b.setSession(&r)
	b.setClearable(&r, fold.Release, keyRelease)
	b.setClearable(&r, fold.Version, keyVersion)
	b.setEnvironment(&r)
	b.setStart(&r, keyTimestamp)
	b.setPayload(&r, fold.Input, keyInput)
	b.setPayload(&r, fold.Output, keyOutput)
	b.setPublic(&r)
	b.setRaw(&r)
	b.setMetadata(&r)
	b.setTags(&r)
	return r
}

// setSession sets the session. "" is no session, and so clears it as null does.
func (b *body) setSession(r *fold.Record) {
	if s, ok := b.text(keySessionID); ok && s == "" {
		r.Set(fold.SessionID, fold.Null())
		return
	} else if ok {
		r.Set(fold.SessionID, fold.Text(s))
		return
	}
	if isNull(b.values[keySessionID]) {
		r.Set(fold.SessionID, fold.Null())
	}
}

func (b *body) setPublic(r *fold.Record) {
	if !b.given(keyPublic) {
		return
	}
	raw := b.values[keyPublic]
	if typeOf(raw) != "boolean" {
		b.add(wrongType(b.pathOf(keyPublic), "boolean", raw))
		return
	}
	r.Set(fold.Public, fold.Bool(raw[0] == 't'))
}

func (b *body) setTags(r *fold.Record) {
	if !b.given(keyTags) {
		return
	}
	raw := b.values[keyTags]
	if raw[0] != '[' {
		b.add(wrongType(b.pathOf(keyTags), "array", raw))
		return
	}
	i := 0
	for tag := range elements(raw) {
		if tag[0] == '"' {
			r.Tags = append(r.Tags, unquote(tag))
		} else {
			b.add(wrongType(at(b.path, keyTags.String(), i), "string", tag))
		}
		i++
	}
}
