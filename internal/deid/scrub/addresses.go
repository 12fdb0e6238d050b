package scrub

import (
	"regexp"
	"strings"
)

const (
	name1    = `[\pL][\pL\pN.'-]*`
	ordinal  = `[0-9]{1,3}(?:st|nd|rd|th)`
	houseNo  = `(?:[0-9]{1,5}(?:[-/][0-9]{1,4})?[a-z]?)`
	doorWord = `(?:apt|apartment|suite|ste|unit|flat|floor|room|no|house|building|bldg|block)`
	door     = `(?:` + doorWord + `\b\.? ?#?[0-9]{0,5}[a-z]?\b)`
	// what may follow a street: a quarter of the wind, a door, and as many lines as lead to a postcode
	streetTail = `(?:\.?,? (?:north|south|east|west|ne|nw|se|sw|n|s|e|w)\b)?\.?(?:\s*[,\n]?\s*` + door + `)?(?:(?:[\s>?]*[,\n][\s>?]*|\s)[\pL][\pL.' -]{1,40}?){0,4}?(?:[\s>?]*[,\n]?[\s>?]*(?:[0-9]{5}(?:-[0-9]{4})?|[0-9]{4}|` + postcodeUK + `)\b)`
	shortTail  = `(?:\.?,? (?:north|south|east|west|ne|nw|se|sw)\b)?(?:\.?\s*[,\n]?\s*` + door + `)?`
	postcodeUK = `[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][abd-hjlnp-uw-z]{2}`
	usStates   = `(?:al|ak|az|ar|ca|co|ct|de|fl|ga|hi|ia|id|il|in|ks|ky|la|ma|md|me|mi|mn|mo|ms|mt|nc|nd|ne|nh|nj|nm|nv|ny|oh|ok|or|pa|ri|sc|sd|tn|tx|ut|va|vt|wa|wi|wv|wy|dc|aa|ae|ap|nsw|vic|qld|tas|act|nt)`
)

var (
	numbered = regexp.MustCompile(`(?:` + door + `,? )?\b(?:` + houseNo + `,? ){1,2}(?:(?:` + name1 + `|` + ordinal + `) ){1,5}$`)
	titled   = regexp.MustCompile(`(?:(?:\p{Lu}[\pL.'-]*|` + ordinal + `) ){1,3}$`)
	spoken   = regexp.MustCompile(`\b(?:live|lives|lived|living|house|home|flat|stay|staying|moved|based|shop|clinic|on|at) (?:on|at|in|to|near|off)? ?(?:the )?((?:` + name1 + `|` + ordinal + `) (?:` + name1 + ` )?)$`)
	longTail = regexp.MustCompile(`^` + streetTail)
	nearTail = regexp.MustCompile(`^` + shortTail)
	germanic = regexp.MustCompile(`^(?:\pL[\pL.'-]*(?:stra(?:ss|ß|β)e|straat|gatan|gata|gade|vej|veien|vegen|weg|laan|plein|plaats|steenweg|platz|allee|dreef|gasse|katu|tie|kuja|utca|bakken|vangen|vagen|ulice|tanav)|\pL[\pL.'-]* (?:utca|u\.|ut|tn|mnt|iela|ulica)),? ` + houseNo + `\b`)
	romance  = regexp.MustCompile(`^(?:rue|via|viale|calle|avenida|avda|rua|ul\.?|ulica|piazza|plaza|praca|chemin|camino|paseo|carrer|strada|largo|travessa|travesia|corso|impasse|quai)(?: (?:` + name1 + `)){1,5},? ` + houseNo + `\b`)
	before1  = regexp.MustCompile(houseNo + `,? $`)
	// a street and its number before a door, or a box; and the lines after it that lead to a postcode
	beforeDoor = regexp.MustCompile(`(?:\b` + houseNo + `,? ){0,2}(?:` + name1 + ` ){1,4}?` + houseNo + `?[\s,>?]*$`)
	afterDoor  = regexp.MustCompile(`^` + door + `(?:[\s,]+` + door + `)?(?:[\s,>?]+[\pL(][\pL.'()-]*){1,8}?[\s,>?]+[0-9]{4,5}\b`)
	numberName = regexp.MustCompile(`^(?:` + houseNo + ` ){1,2}(?:\p{Lu}[\pL.'-]* ){1,4}[0-9]{1,4}\b`)
	ships      = regexp.MustCompile(`^(?:uss|usns|usnv|uscgc|hms) [\pL'-]+(?:[\s,]+(?:fpo|apo|dpo),? (?:aa|ae|ap) [0-9]{5})`)
	boxes      = regexp.MustCompile(`^(?:p\.? ?o\.? ?box|psc|cmr|unit|postbus|postfach|box|صندوق پستی) ?#?:? ?[0-9]{2,6}(?:,? box [0-9]{2,6})?(?:,?\s+(?:apo|fpo|dpo),? (?:aa|ae|ap) [0-9]{5})?\b`)
	doors      = regexp.MustCompile(`^(?:apt|apartment|suite|ste)\b\.? ?#?(?:[0-9]{1,5}[a-z]?)\b`)
	postcode   = regexp.MustCompile(`^(?:` + postcodeUK + `|[abceghj-nprstvxy][0-9][abceghj-nprstv-z][ -]?[0-9][abceghj-nprstv-z][0-9]|` + usStates + `,? [0-9]{5}(?:-[0-9]{4})?|[1-9][0-9]{3} ?[a-z]{2}\b)`)
	zipSaid    = regexp.MustCompile(`^(?:zip|zipcode|postcode|postal|post|کدپستی|کد پستی)(?:[ :=-]|code|is|my|ام|من|است){0,8}([0-9]{4} ?[a-z]{2}|[a-z]{0,2}[0-9][a-z0-9]{1,4}(?:[ -][0-9][a-z0-9]{1,3})?|[0-9]{5}-?[0-9]{5})\b`)
)

// streets end names of streets; those that are ordinary words too need a house number.
var streets = map[string]bool{
	"street": true, "st": false, "road": true, "rd": false, "avenue": true, "ave": false, "lane": true, "ln": false, "drive": false, "dr": false,
	"way": false, "close": false, "court": false, "ct": false, "crescent": true, "boulevard": true, "blvd": true, "place": false, "pl": false,
	"terrace": true, "gardens": false, "square": false, "grove": false, "hill": false, "park": false, "row": false, "walk": false, "parkway": true, "pkwy": true,
	"highway": false, "hwy": false, "circle": false, "cir": false, "trail": false, "mews": true, "rise": false, "view": false, "green": false,
	"streets": false, "parade": false, "loop": false, "pike": false, "alley": false, "quay": false, "wharf": false, "turnpike": false, "esplanade": false,
}

// plainly are words that go before a street without naming it.
var plainly = map[string]bool{
	"the": true, "a": true, "my": true, "this": true, "that": true, "our": true, "your": true, "his": true, "her": true, "their": true,
	"main": true, "high": true, "every": true, "each": true, "any": true, "same": true, "long": true, "memory": true, "right": true, "busy": true, "next": true, "whole": true, "fast": true, "slow": true, "wrong": true,
}

// addresses finds streets with their houses, boxes, doors and postcodes.
func addresses(t *Text, finds *Finds) {
	for _, w := range t.Words {
		start, word := int(w.Start), w.Of(t)
		if finds.covered[start] {
			continue
		}
		after := stretch(t.Small, start, 160)
		if named, isStreet := streets[word]; isStreet {
			street(t, finds, w, named)
		}
		switch word {
		case "po", "p", "psc", "cmr", "unit", "postbus", "postfach", "box", "صندوق":
			add(finds, start, boxes.FindString(after), "address.box")
		case "apt", "apartment", "suite", "ste":
			behindDoor(t, finds, start)
		case "uss", "usns", "usnv", "uscgc", "hms":
			add(finds, start, ships.FindString(after), "address.ship")
		case "zip", "zipcode", "postcode", "postal", "post", "کدپستی", "کد":
			if at := zipSaid.FindStringSubmatchIndex(after); at != nil {
				add(finds, start+at[2], after[at[2]:at[3]], "address.postcode")
			}
		}
		if found, rule := foreign(word, after); found != "" {
			from := start - len(before1.FindString(t.Small[max(0, start-8):start]))
			add(finds, from, t.Small[from:start]+found, rule)
		}
		if isDigit(word[0]) && len(word) <= 5 {
			add(finds, start, numberName.FindString(stretch(t.Plain, start, 80)), "address.number")
		}
		if mayBePostcode(t, w, word) {
			postal(t, finds, w, after)
		}
	}
	iranian(t, finds)
}

func add(finds *Finds, start int, found, rule string) {
	if found != "" {
		finds.Add(start, start+len(found), Address, rule, Likely)
	}
}

// foreign is a street of another language that begins with a word.
func foreign(word, after string) (found, rule string) {
	if !isDigit(word[0]) && len(word) < len(after) && streetly(word, after[len(word):]) {
		if found := germanic.FindString(after); found != "" {
			return found, "address.germanic"
		}
	}
	switch word {
	case "rue", "via", "viale", "calle", "avenida", "avda", "rua", "ul", "ulica", "piazza", "plaza", "praca", "chemin", "camino", "paseo", "carrer", "strada",
		"largo", "travessa", "travesia", "corso", "impasse", "quai":
		return romance.FindString(after), "address.romance"
	}
	return "", ""
}

// streetly tells whether a word, or the one after it, ends as names of streets do, with a number behind it.
func streetly(word, rest string) bool {
	if numbersNext(rest) {
		for _, end := range streetEnds {
			if strings.HasSuffix(word, end) {
				return true
			}
		}
		return false
	}
	if rest == "" || rest[0] != ' ' {
		return false
	}
	next, _, _ := strings.Cut(stretch(rest, 1, 12), " ")
	switch next {
	case "utca", "u.", "ut", "tn", "mnt", "iela", "ulica":
		return true
	}
	return false
}

// numbersNext tells whether a number follows a word.
func numbersNext(rest string) bool {
	rest = strings.TrimPrefix(rest, ",")
	return len(rest) > 1 && rest[0] == ' ' && isDigit(rest[1])
}

var streetEnds = strings.Fields(`strasse straße straβe straat gatan gata gade vej veien vegen weg laan plein plaats platz allee gasse katu tie kuja utca bakken
	vangen vagen ulice tanav dreef`)

// behindDoor finds an address around the door that it names: "Elm 46\nApt. 305\nOulu\nFinland 56293".
func behindDoor(t *Text, finds *Finds, start int) {
	after := stretch(t.Small, start, 160)
	tail := afterDoor.FindString(after)
	if tail == "" {
		tail = doors.FindString(after)
	}
	if tail == "" {
		return
	}
	before := t.Small[runeStart(t.Small, start-64):start]
	if head := beforeDoor.FindString(before); digitsIn(head) > 0 {
		start -= len(head)
		tail = head + tail
	}
	add(finds, start, tail, "address.door")
}

func street(t *Text, finds *Finds, w Word, named bool) {
	from := max(0, int(w.Start)-80)
	before := t.Small[runeStart(t.Small, from):w.Start]
	if line := strings.LastIndexByte(before, '\n'); line >= 0 {
		before = before[line+1:]
	}
	name, rule := "", "address.street"
	if houseNear(before) {
		name = numbered.FindString(before)
	}
	if name == "" {
		rule = "address.street_named"
		name = unnumbered(t, w, before, named)
	}
	if name == "" {
		return
	}
	after := stretch(t.Small, int(w.End), 160)
	tail := ""
	if rule == "address.street" && digitsIn(after) >= 2 {
		tail = longTail.FindString(after)
	}
	if tail == "" {
		tail = nearTail.FindString(after)
	}
	finds.Add(int(w.Start)-len(name), int(w.End)+len(tail), Address, rule, Likely)
}

// houseNear tells whether one of the last words begins with a digit.
func houseNear(before string) bool {
	for range 7 {
		before = strings.TrimRight(before, " ,.")
		space := strings.LastIndexByte(before, ' ')
		if space+1 < len(before) && isDigit(before[space+1]) {
			return true
		}
		if space < 0 {
			return false
		}
		before = before[:space]
	}
	return false
}

// unnumbered is the name of a street without a house: one with capitals, or one that somebody lives in.
func unnumbered(t *Text, w Word, before string, named bool) string {
	if w.Capital(t) && w.End-w.Start > 2 {
		return strings.TrimPrefix(titled.FindString(t.Plain[int(w.Start)-len(before):w.Start]), "The ")
	}
	if !named {
		return ""
	}
	said := spoken.FindStringSubmatch(before)
	if said == nil || plainly[strings.Fields(said[1])[0]] || plainly[last(said[1])] {
		return ""
	}
	return said[1]
}

func last(words string) string {
	all := strings.Fields(words)
	return all[len(all)-1]
}

// mayBePostcode spares the other words the expressions: a postcode has a digit in its first word, or follows a state.
func mayBePostcode(t *Text, w Word, word string) bool {
	if len(word) > 7 {
		return false
	}
	next := int(w.End) + 1
	if next < len(t.Small) && t.Small[next] == ' ' {
		next++
	}
	return digitsIn(word) > 0 || len(word) == 2 && next < len(t.Small) && isDigit(t.Small[next])
}

// postal finds postcodes by their look. Those of two words of prose ("in 10 days") have no capitals.
func postal(t *Text, finds *Finds, w Word, after string) {
	code := postcode.FindString(after)
	end := int(w.Start) + len(code)
	if code == "" || end < len(t.Small) && alnum(t.Small[end]) {
		return
	}
	written := t.Plain[w.Start:end]
	dutch := isDigit(code[0])
	state := strings.Trim(code[:2], "abcdefghijklmnopqrstuvwxyz") == "" && digitsIn(code) >= 5
	if (dutch || state) && written[len(written)-2:] == strings.ToLower(written[len(written)-2:]) && written[:2] == strings.ToLower(written[:2]) {
		return
	}
	if dutch && unitAfter.MatchString(code[4:]) {
		return
	}
	finds.Add(int(w.Start), end, Address, "address.postcode", Likely)
}
