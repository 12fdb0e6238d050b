package persona

// Fold is the folding itself, for tests of what isn't a name.
var Fold = fold

// Pairs lists everything that Suggest can say in a language.
func Pairs(language string) []string {
	list := english
	if language == "fa" {
		list = persian
	}
	var all []string
	for i := range list.pairs() {
		all = append(all, list.pair(i))
	}
	return all
}
