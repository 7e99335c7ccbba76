package fold

import (
	"cmp"
	"unicode/utf8"
)

// compareUTF16 orders texts by UTF-16 code unit, as clients sort tags. It differs
// from byte order only where one text has a character above U+FFFF and the other
// one from U+E000 to U+FFFF.
func compareUTF16(a, b string) int {
	for {
		if a == "" || b == "" {
			return len(a) - len(b)
		}
		ra, na := utf8.DecodeRuneInString(a)
		rb, nb := utf8.DecodeRuneInString(b)
		if ra != rb {
			ua, ub := firstUnit(ra), firstUnit(rb)
			if ua != ub {
				return int(ua) - int(ub)
			}
			return int(ra) - int(rb) // same high surrogate
		}
		if na != nb || na == 1 && ra == utf8.RuneError && a[0] != b[0] {
			return cmp.Or(int(a[0])-int(b[0]), na-nb) // invalid bytes: any fixed order will do
		}
		a, b = a[na:], b[nb:]
	}
}

func firstUnit(r rune) rune {
	if r >= 0x10000 {
		return 0xD800 + (r-0x10000)>>10
	}
	return r
}
