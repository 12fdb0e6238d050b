package table

import "fmt"

// addCrowd takes in the population, whose every quasi column must be in the hierarchies, and which must hold every row of
// the table at least as often as the table does.
func (p *Problem) addCrowd(asked *Presence, parts Parts) error {
	if asked == nil {
		return nil
	}
	everybody := parts.Population
	crowd := &Crowd{Min: asked.Min, Max: asked.Max, Rows: everybody.Rows}
	for _, axis := range p.Quasi {
		name := p.Table.Columns[axis.Column].Name
		at := everybody.Find(name)
		if at < 0 {
			return &Wrong{File: asked.Population, Column: name, What: "the population lacks this column, which is quasi"}
		}
		c := &everybody.Columns[at]
		leafOf, err := axis.Hierarchy.place(c, asked.Population, "that of the column")
		if err != nil {
			return err
		}
		leaves := make([]uint32, everybody.Rows)
		for row, code := range c.Codes {
			leaves[row] = leafOf[code]
		}
		crowd.LeafOf = append(crowd.LeafOf, leaves)
	}
	p.Presence = crowd
	return p.holdsEveryRow(parts.Input)
}

func (p *Problem) holdsEveryRow(input string) error {
	left := map[string]int{}
	key := make([]byte, 0, 4*len(p.Quasi))
	for row := range p.Presence.Rows {
		key = key[:0]
		for axis := range p.Quasi {
			key = appendCode(key, p.Presence.LeafOf[axis][row])
		}
		left[string(key)]++
	}
	for row := range p.Table.Rows {
		key = key[:0]
		for _, axis := range p.Quasi {
			key = appendCode(key, axis.LeafOf[p.Table.Columns[axis.Column].Codes[row]])
		}
		if left[string(key)]--; left[string(key)] < 0 {
			return &Wrong{File: input, Row: row + 1, What: fmt.Sprintf("the population has fewer people with these %d quasi values than the table; it must hold everybody in the table", len(p.Quasi))}
		}
	}
	return nil
}

func appendCode(key []byte, code uint32) []byte {
	return append(key, byte(code), byte(code>>8), byte(code>>16), byte(code>>24))
}
