package verify

import (
	"encoding/binary"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// crowd counts the people of the population whom the cells of each class cover; it is nil without a population. People
// are told apart once for each different combination of levels that classes have.
func crowd(p *table.Problem, released *table.Table, cells [][]Cell, c *classes) []int {
	if p.Presence == nil {
		return nil
	}
	people := make([]int, len(c.first))
	seen := map[string]map[string][]int{} // classes by their levels, and by their values there
	levelsOf := map[string][]int{}
	for class := range c.first {
		row := c.of(class)[0]
		levels, at, key := make([]int, len(p.Quasi)), []byte{}, []byte{}
		for axis := range p.Quasi {
			value := cells[axis][released.Columns[p.Quasi[axis].Column].Codes[row]]
			levels[axis] = value.Level
			at = binary.LittleEndian.AppendUint32(at, uint32(value.Level))
			key = binary.LittleEndian.AppendUint32(key, value.Code)
		}
		if seen[string(at)] == nil {
			seen[string(at)], levelsOf[string(at)] = map[string][]int{}, levels
		}
		seen[string(at)][string(key)] = append(seen[string(at)][string(key)], class)
	}
	for at, byKey := range seen {
		countCrowd(p, levelsOf[at], byKey, people)
	}
	return people
}

func countCrowd(p *table.Problem, levels []int, byKey map[string][]int, people []int) {
	key := make([]byte, 0, 4*len(levels))
	for person := range p.Presence.Rows {
		key = key[:0]
		for axis, level := range levels {
			leaf := p.Presence.LeafOf[axis][person]
			key = binary.LittleEndian.AppendUint32(key, p.Quasi[axis].Hierarchy.Levels[level][leaf])
		}
		for _, class := range byKey[string(key)] {
			people[class]++
		}
	}
}
