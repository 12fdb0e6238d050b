package words

// Fold and Stem are the two steps from a stretch of letters to a term.
var (
	Fold = fold
	Stem = stem
)
