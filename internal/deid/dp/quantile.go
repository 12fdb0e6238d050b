package dp

import "math"

// Quantiles are found in a tree over all values that there could be: each member counts in one node of each level, and
// every node that is looked at gets noise, once.
const (
	branches  = 16
	mostSteps = branches * branches * branches * branches // leaves
	faint     = 1.0 / 128                                 // of its siblings' sum; a child below it counts as empty
)

// treeHeight is how many levels a tree of so many leaves has below its root.
func treeHeight(leaves int64) int {
	height := 1
	for reach := int64(branches); reach < leaves; reach *= branches {
		height++
	}
	return height
}

// tree counts the members under each node: levels from below the root to the leaves.
type tree []map[int64]int64

func (t *tree) add(leaf int64, height int) {
	if *t == nil {
		*t = make(tree, height)
		for level := range *t {
			(*t)[level] = map[int64]int64{}
		}
	}
	for level := height - 1; level >= 0; level-- {
		(*t)[level][leaf]++
		leaf /= branches
	}
}

// forest is a tree with noise. It is drawn when a node is first looked at, and stays.
type forest struct {
	exact  tree
	leaves int64
	height int
	noise  Noise
	noisy  []map[int64]float64
}

func newForest(exact tree, leaves int64, n Noise) *forest {
	f := &forest{exact: exact, leaves: leaves, height: treeHeight(leaves), noise: n}
	for range f.height {
		f.noisy = append(f.noisy, map[int64]float64{})
	}
	return f
}

func (f *forest) count(level int, node int64) (float64, error) {
	if noisy, drawn := f.noisy[level][node]; drawn {
		return noisy, nil
	}
	exact := int64(0)
	if f.exact != nil {
		exact = f.exact[level][node]
	}
	noisy, err := f.noise.Add(exact)
	if err != nil {
		return 0, err
	}
	f.noisy[level][node] = math.Max(0, float64(noisy))
	return f.noisy[level][node], nil
}

// children are the counts of the nodes under a node, without the faint ones, and their sum.
func (f *forest) children(level int, first int64) (counts []float64, sum float64, err error) {
	under := int64(1) // leaves under each
	for range f.height - 1 - level {
		under *= branches
	}
	for node := first; node < first+branches && node*under < f.leaves; node++ {
		count, err := f.count(level, node)
		if err != nil {
			return nil, 0, err
		}
		counts, sum = append(counts, count), sum+count
	}
	kept := 0.0
	for i, count := range counts {
		if count < faint*sum {
			counts[i] = 0
		}
		kept += counts[i]
	}
	return counts, kept, nil
}

// at is the leaf below which a share of all members lies.
func (f *forest) at(share float64) (float64, error) {
	low, width := int64(0), int64(1) // the node that was come to
	for range f.height {
		width *= branches
	}
	node := int64(0)
	for level := range f.height {
		counts, sum, err := f.children(level, node*branches)
		if err != nil {
			return 0, err
		}
		if sum == 0 {
			return float64(low) + float64(min(width, f.leaves-low)-1)/2, nil
		}
		width /= branches
		below, last := 0.0, 0
		for i, count := range counts {
			if count == 0 {
				continue
			}
			last = i
			if below+count >= share*sum {
				break
			}
			below += count
		}
		share = math.Min(1, math.Max(0, (share*sum-below)/counts[last]))
		node = node*branches + int64(last)
		low = node * width
	}
	return float64(low), nil
}

// around is the leaf of a share, with an interval as wide as noise can make the share wrong.
func (f *forest) around(share, confidence float64) (at, low, high float64, err error) {
	if at, err = f.at(share); err != nil {
		return 0, 0, 0, err
	}
	_, members, err := f.children(0, 0)
	if err != nil {
		return 0, 0, 0, err
	}
	// What lies below a leaf is a sum of at most so many noisy nodes.
	wrong := f.noise.spread * math.Sqrt(float64(f.height)*(branches-1))
	wrong *= math.Sqrt2 * math.Erfinv(confidence) / math.Max(1, members)
	low, high = 0, float64(f.leaves-1)
	if share > wrong {
		if low, err = f.at(share - wrong); err != nil {
			return 0, 0, 0, err
		}
	}
	if share+wrong < 1 {
		if high, err = f.at(share + wrong); err != nil {
			return 0, 0, 0, err
		}
	}
	return at, math.Min(low, at), math.Max(high, at), nil
}
