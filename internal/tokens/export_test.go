package tokens

// ReadVocabulary reads a list of tokens and returns how many there are, and the rank
// of each of some; -1 for what is none.
func ReadVocabulary(list []byte, tokens ...string) (n int, ranks []int, err error) {
	v, err := readVocabulary(list)
	if err != nil {
		return 0, nil, err
	}
	for _, token := range tokens {
		rank := -1
		if r := v.rank(token); r != noRank {
			rank = int(r)
		}
		ranks = append(ranks, rank)
	}
	return len(v.ends) - 1, ranks, nil
}
