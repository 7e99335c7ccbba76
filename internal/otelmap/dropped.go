package otelmap

// DropRow names attributes that are never copied to metadata.attributes, because
// they are input, output or metadata already: one key, or all with a prefix. They
// are left out there whether or not they became that; where they did not, the
// raw value keeps them.
type DropRow struct {
	Row
	Key    string
	Prefix bool
}

// dropKeys returns rows for keys, with ranks that follow each other.
func dropKeys(rank int, keys ...string) []DropRow {
	var rows []DropRow
	for i, key := range keys {
		rows = append(rows, DropRow{Row: Row{Name: "dropped/" + key, Rank: rank + i}, Key: key})
	}
	return rows
}

func dropPrefixes(rank int, prefixes ...string) []DropRow {
	var rows []DropRow
	for i, prefix := range prefixes {
		rows = append(rows, DropRow{Row: Row{Name: "dropped/" + prefix + "*", Rank: rank + i}, Key: prefix, Prefix: true})
	}
	return rows
}

func (r *DropRow) line() Line {
	if r.Prefix {
		return Line{Reads: "attributes that begin with " + code(r.Key)}
	}
	return Line{Reads: code(r.Key)}
}
