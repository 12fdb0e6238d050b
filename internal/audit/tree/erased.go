package tree

import "slices"

// ContentErased is the action of the event that says that content was erased: that of every entry before its Count.
const ContentErased = "audit.erased"

// erasure is which entries have no content, and of which the log itself says so.
type erasure struct {
	gone []gap // ascending as long as the entries are
	said int64 // the log says it of all before this index
}

func (e *erasure) take(index int64) {
	if last := len(e.gone) - 1; last >= 0 && e.gone[last].to == index {
		e.gone[last].to++
		return
	}
	e.gone = append(e.gone, gap{index, index + 1})
}

// judgeErased holds what has no content against what the log says was erased: whoever hands an archive on may not leave
// content out and call it erased.
func (v *verification) judgeErased() {
	last := int64(-1)
	for _, g := range v.erased.gone {
		last = max(last, g.to-1)
		if g.to > v.erased.said {
			v.report.add(Withheld, max(g.from, v.erased.said), entriesFile)
		}
	}
	if last >= 0 {
		v.judgeAge(last)
	}
}

// judgeAge looks for a witness's word on the age of the last entry that was erased. Days went with the content, and the log
// says what it likes; but what came after a checkpoint is younger than the cosignature under it.
func (v *verification) judgeAge(last int64) {
	for _, c := range slices.Backward(v.claims) {
		if c.Size > last {
			continue
		}
		cosigned, err := Cosignatures(c.signed, v.witnesses[:v.trusted]...)
		if err != nil || len(cosigned) == 0 {
			continue
		}
		if v.trust.tooEarly(cosigned[0].At) {
			v.report.add(ErasedEarly, last, entriesFile)
		}
		return
	}
}
