package trace

import "unicode/utf16"

// Length returns the length of a text as the API counts it, in UTF-16 units.
func Length(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
