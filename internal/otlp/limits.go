package otlp

// Limits bounds what one export request may hold and what decoding it may cost.
// A zero field allows nothing; start from [DefaultLimits].
type Limits struct {
	// CompressedBytes is the size of a compressed body as it is received.
	CompressedBytes int64
	// DecompressedBytes is the size of a body after decompression, and of a body
	// that was sent without compression.
	DecompressedBytes int64
	// Ratio is how many times larger than its compressed form a body may be.
	// The first MiB is always allowed, so that small bodies need not be checked
	// against a ratio that means nothing for them.
	Ratio int64
	// Spans is the number of spans in a request. More of them refuse it.
	Spans int
	// Elements is the number of resources, scopes, events, links, attributes and
	// array elements in a request, together. More of them refuse it. An element
	// can be two bytes on the wire and a hundred in memory, so the size of the
	// body alone bounds nothing.
	Elements int
	// Attributes is the length of one attribute list: of a span, resource,
	// scope, event or link.
	Attributes int
	// Depth is how many arrays and maps may be nested in one attribute value.
	Depth int
	// KeyBytes is the length of an attribute key, of a key inside a map, and of
	// the text of an id.
	KeyBytes int
	// ValueBytes is the text in one attribute value, all its parts together, and
	// the length of a name, a message or another text outside attributes.
	ValueBytes int64
}

// DefaultLimits returns the limits of a server that was told nothing else.
func DefaultLimits() Limits {
	return Limits{
		CompressedBytes:   16 << 20,
		DecompressedBytes: 128 << 20,
		Ratio:             200,
		Spans:             50_000,
		Elements:          1_000_000,
		Attributes:        1024,
		Depth:             32,
		KeyBytes:          1 << 10,
		ValueBytes:        64 << 20,
	}
}

// alwaysAllowed is the decompressed size below which Ratio is not looked at.
const alwaysAllowed = 1 << 20

// decompressed returns how many bytes may come out of the compressed bytes read
// so far.
func (l Limits) decompressed(read int64) int64 {
	byRatio := int64(alwaysAllowed)
	// Dividing instead of multiplying keeps a huge Ratio from overflowing.
	if l.Ratio > 0 && read > alwaysAllowed/l.Ratio {
		byRatio = l.DecompressedBytes
		if read < l.DecompressedBytes/l.Ratio {
			byRatio = read * l.Ratio
		}
	}
	return min(byRatio, l.DecompressedBytes)
}
