package tokens

// The functions next… cut a text into the pieces that no token crosses. Each does
// what a regular expression of OpenAI's does, quoted above it, but looks at a
// character a bounded number of times.

// nextR50k cuts for r50k_base, p50k_base and p50k_edit:
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
func nextR50k(text string) int {
	if n := contraction(text, 0, false); n > 0 {
		return n
	}
	i := 0
	if text[0] == ' ' {
		i = 1
	}
	switch c, size := classAt(text, i); {
	case c&letter != 0:
		return skip(text, i, letter)
	case c&number != 0:
		return skip(text, i, number)
	case size > 0 && c&space == 0:
		return skipOthers(text, i)
	}
	return spaces(text, false)
}

// nextCl100k cuts for cl100k_base:
//
//	(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
//	 ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
func nextCl100k(text string) int {
	if n := contraction(text, 0, true); n > 0 {
		return n
	}
	c, size := classAt(text, 0)
	switch {
	case c&letter != 0:
		return skip(text, 0, letter)
	case c&number != 0:
		return threeNumbers(text)
	case c&line == 0:
		if end := skip(text, size, letter); end > size {
			return end
		}
	}
	if end := others(text); end > 0 {
		return skip(text, end, line)
	}
	return spaces(text, true)
}

// nextO200k cuts for o200k_base:
//
//	[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|
//	[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|
//	\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
func nextO200k(text string) int {
	c, size := classAt(text, 0)
	switch {
	case c&number != 0:
		return threeNumbers(text)
	case c&letter != 0:
		ended, capitals := word(text, 0)
		if ended == 0 {
			ended = capitals
		}
		return ended + contraction(text, ended, true)
	case c&line == 0:
		ended, capitals := word(text, size)
		switch {
		case ended > 0:
		case c&lower != 0:
			ended = size // a mark is a word of its own before capitals
		default:
			ended = capitals
		}
		if ended > 0 {
			return ended + contraction(text, ended, true)
		}
	}
	if end := others(text); end > 0 {
		for end < len(text) && (text[end] == '\n' || text[end] == '\r' || text[end] == '/') {
			end++
		}
		return end
	}
	return spaces(text, true)
}

// word returns where a word that starts at i ends by the first alternative of
// o200k_base, which wants something lower at its end, and where by the second, for
// texts that the first does not take. 0 is nowhere.
func word(text string, i int) (ended, capitals int) {
	for {
		c, size := classAt(text, i)
		if c&upper == 0 {
			if c&lower != 0 {
				return skip(text, i, lower), 0
			}
			return ended, capitals
		}
		i += size
		capitals = i
		if c&lower != 0 {
			ended = i
		}
	}
}

// threeNumbers returns the end of the first three numbers of a text, or fewer.
func threeNumbers(text string) int {
	i := 0
	for range 3 {
		c, size := classAt(text, i)
		if c&number == 0 {
			break
		}
		i += size
	}
	return i
}

// others returns the end of what is no space, letter or number, with a blank before
// it; 0 when there is none.
func others(text string) int {
	i := 0
	if text[0] == ' ' {
		i = 1
	}
	if end := skipOthers(text, i); end > i {
		return end
	}
	return 0
}

// spaces returns how much of the white space that a text starts with is one piece:
// with lines all up to the end of the last line, else all but the last character, which
// goes with what follows, unless nothing follows or nothing else is there.
func spaces(text string, lines bool) int {
	end, last, lastLine := 0, 0, 0
	for {
		c, size := classAt(text, end)
		if c&space == 0 {
			break
		}
		last = end
		end += size
		if c&line != 0 {
			lastLine = end
		}
	}
	switch {
	case lines && lastLine > 0:
		return lastLine
	case end == len(text) || last == 0:
		return end
	}
	return last
}

// contraction returns the length of 's, 't, 're, 've, 'm, 'll or 'd at i; 0 when there is
// none. With fold, capitals and the long s do as well.
func contraction(text string, i int, fold bool) int {
	if len(text)-i < 2 || text[i] != '\'' {
		return 0
	}
	at := func(i int) byte {
		if i >= len(text) {
			return 0
		}
		if b := text[i]; fold && 'A' <= b && b <= 'Z' {
			return b + ('a' - 'A')
		}
		return text[i]
	}
	switch first, second := at(i+1), at(i+2); {
	case first == 's' || first == 't' || first == 'm' || first == 'd':
		return 2
	case (first == 'r' || first == 'v') && second == 'e', first == 'l' && second == 'l':
		return 3
	case fold && text[i+1:min(i+3, len(text))] == "ſ":
		return 3
	}
	return 0
}
