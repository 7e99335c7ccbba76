package body

// Limits bounds the size of a request body. A zero field allows nothing; start
// from [DefaultLimits].
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
}

// DefaultLimits returns the limits of a server that was told nothing else.
func DefaultLimits() Limits {
	return Limits{CompressedBytes: 16 << 20, DecompressedBytes: 128 << 20, Ratio: 200}
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
