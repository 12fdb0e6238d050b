package scrub

import "strings"

// digitWords are digits as people say them, and what Persian puts between the groups of a telephone.
var digitWords = func() map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(`zero oh one two three four five six seven eight nine double triple
		صفر یک دو سه چهار پنج شش شیش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده
		بیست سی چهل پنجاه شصت هفتاد هشتاد نود صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد و`) {
		all[word] = true
	}
	return all
}()

// spokenNumbers finds telephones that are written as they are said: "oh seven seven double zero …", "صفر نهصد و دوازده …".
func spokenNumbers(t *Text, finds *Finds) {
	for i := 0; i < len(t.Words); {
		run := 0
		for i+run < len(t.Words) && digitWords[t.Words[i+run].Of(t)] && (run == 0 || between(t, i+run)) {
			run++
		}
		if run == 0 {
			i++
			continue
		}
		first := t.Words[i].Of(t)
		if run >= 7 || run >= 5 && first == "صفر" {
			finds.Add(int(t.Words[i].Start), int(t.Words[i+run-1].End), Phone, "phone.spoken", Likely)
		}
		i += run
	}
}

// between tells whether nothing but a space, a comma or a dash stands before a word.
func between(t *Text, word int) bool {
	return strings.Trim(t.Plain[t.Words[word-1].End:t.Words[word].Start], " ,-") == ""
}
