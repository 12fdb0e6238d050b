package attack

// Linkage joins the quasi columns of everybody in the table to the release, and tells how surely the person who is found
// least well hidden is found. An attacker who knows in which class somebody is, because they know how the release was
// made, has the rows of that class alone.
func Linkage(r *Release, limits Limits) Finding {
	members, find := r.Members(), r.search(r.all())
	fewest := r.problem.Table.Rows
	for person, class := range r.class {
		if class != none {
			fewest = min(fewest, r.size(find.classes(members, person)), len(r.rows[class]))
		}
	}
	return Finding{
		Attack: "linkage", Measured: 1 / float64(fewest), Limit: 1 / float64(limits.Group),
		Meaning: "the chance to pick the row of the person who is hidden worst, by their quasi columns",
	}
}

// Linkability tries to find the same row from two halves of what is known of a person, as somebody would who holds two
// files that each know one half. What succeeds with others as well is no fault of the release.
func Linkability(r *Release, others *People, limits Limits) Finding {
	var halves [2][]int
	for axis := range r.axes {
		halves[axis%2] = append(halves[axis%2], axis)
	}
	main, control := r.joined(r.Members(), halves), r.joined(others, halves)
	return Finding{
		Attack: "linkability", Measured: main - control, Limit: limits.Advantage,
		Meaning: "how much likelier two halves of a person's quasi columns lead to one row if the person is in the release",
	}
}

// joined is the mean chance that a row picked by one half is the row picked by the other.
func (r *Release) joined(p *People, halves [2][]int) float64 {
	first, second, whole := r.search(halves[0]), r.search(halves[1]), r.search(r.all())
	sum := 0.0
	for person := range p.rows {
		both := r.size(whole.classes(p, person))
		if both > 0 {
			sum += float64(both) / float64(r.size(first.classes(p, person))) / float64(r.size(second.classes(p, person)))
		}
	}
	return sum / float64(p.rows)
}
