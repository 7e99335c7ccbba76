package otelmap

import "github.com/fusebox-llm/fusebox/internal/span"

// passes reports whether a value that exists passes a test.
func (t Test) passes(v *span.Value) bool {
	switch t {
	case Present:
		return present(v)
	case Truthy:
		return truthy(v)
	case Filled:
		return truthy(v) && (v.Kind != span.String || v.Str != "{}")
	}
	return true
}

// present reports whether a value is not null; "", 0 and false are present.
func present(v *span.Value) bool { return v.Kind != span.Empty }

// meaningful reports whether a value is not null, "", [] or {}.
func meaningful(v *span.Value) bool {
	switch v.Kind {
	case span.Empty:
		return false
	case span.String, span.Bytes:
		return v.Str != ""
	case span.Array:
		return len(v.Array) > 0
	case span.Map:
		return len(v.Map) > 0
	}
	return true
}

// truthy is JavaScript's notion, which is what clients were written against.
func truthy(v *span.Value) bool {
	switch v.Kind {
	case span.Empty:
		return false
	case span.String:
		return v.Str != ""
	case span.Bool, span.Int:
		return v.Int != 0
	case span.Double:
		return v.Double != 0 && v.Double == v.Double //nolint:gocritic // NaN
	}
	return true
}
