package structure_test

import (
	"regexp"
	"slices"
	"strings"
)

var (
	sqlNoise = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\w*\$|'(?:[^']|'')*'`)
	sqlToken = regexp.MustCompile(`\{\{[^}]*\}\}|"[^"]*"|[\pL_][\pL\pN_.]*|\d+|\S`)

	// Words that are never a column or a table of ours.
	sqlKeywords = strings.Fields(`ADD ALTER CHECK COLUMN CONSTRAINT CREATE DEFAULT DELETE DROP ENABLE FORCE FOREIGN FROM FUNCTION
		GRANT INDEX INSERT INTO NOT NULL ON POLICY PRIMARY REFERENCES RETURNS REVOKE SELECT TABLE UNIQUE UPDATE USING WHERE WITH`)

	sqlTypes = map[string]string{
		"varchar":     "text with a named CHECK says how long, and can be changed",
		"char":        "text has no padding",
		"timestamp":   "timestamptz knows when it was; and an exact time is sealed",
		"serial":      "ids are random",
		"bigserial":   "ids are random",
		"smallserial": "ids are random",
		"json":        "jsonb is checked and compared",
		"money":       "it depends on the locale",
	}
)

// sqlTokens splits SQL into words and signs, without comments, strings and bodies of functions.
func sqlTokens(text string) []string {
	return sqlToken.FindAllString(sqlNoise.ReplaceAllString(text, " "), -1)
}

// statements splits tokens at semicolons.
func statements(tokens []string) (all [][]string) {
	for len(tokens) > 0 {
		end := slices.Index(tokens, ";")
		if end < 0 {
			return append(all, tokens)
		}
		if end > 0 {
			all = append(all, tokens[:end])
		}
		tokens = tokens[end+1:]
	}
	return all
}

func follows(tokens []string, first, second string) bool {
	for i := range len(tokens) - 1 {
		if tokens[i] == first && tokens[i+1] == second {
			return true
		}
	}
	return false
}

func lowerKeywords(tokens []string) (wrong []string) {
	for _, token := range tokens {
		if upper := strings.ToUpper(token); token != upper && slices.Contains(sqlKeywords, upper) && !slices.Contains(wrong, token) {
			wrong = append(wrong, token)
		}
	}
	return wrong
}

func unwantedTypes(tokens []string) (wrong []string) {
	for _, token := range tokens {
		if why, unwanted := sqlTypes[strings.ToLower(token)]; unwanted {
			wrong = append(wrong, token+": "+why)
		}
	}
	return wrong
}

// nameless finds constraints and indexes that PostgreSQL would name by itself, and names that don't begin with their
// table's: names map to faults, so they are ours.
func nameless(tokens []string) (wrong []string) {
	for _, statement := range statements(tokens) {
		table := tableOf(statement)
		for i, token := range statement {
			before := strings.Join(statement[max(0, i-2):i], " ")
			switch token {
			case "CONSTRAINT":
				if name := statement[i+1]; table != "" && !strings.HasPrefix(name, table+"_") && statement[i-1] != "DROP" {
					wrong = append(wrong, "constraint "+name+": a name begins with the name of its table, "+table)
				}
			case "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE", "REFERENCES":
				if !bearsName(statement, i, before) {
					wrong = append(wrong, token+" has no name: CONSTRAINT name "+token+" …")
				}
			case "INDEX":
				if statement[0] == "CREATE" && statement[i+1] == "ON" {
					wrong = append(wrong, "INDEX has no name")
				}
			}
		}
	}
	return wrong
}

func bearsName(statement []string, i int, before string) bool {
	switch {
	case strings.HasPrefix(before, "CONSTRAINT "):
		return true
	case statement[0] == "GRANT", statement[0] == "REVOKE":
		return true // the privilege
	case strings.HasSuffix(before, "WITH"):
		return true // of a policy
	case statement[0] == "CREATE" && i+1 < len(statement) && statement[i+1] == "INDEX":
		return true
	}
	if statement[i] != "REFERENCES" {
		return false
	}
	// FOREIGN KEY ( … ) REFERENCES carries the name before FOREIGN.
	return statement[i-1] == ")" && slices.Contains(statement[lastComma(statement[:i]):i], "FOREIGN")
}

// lastComma is where the last comma outside of parentheses stands, or the parenthesis that opens the list.
func lastComma(tokens []string) int {
	depth := 0
	for i := len(tokens) - 1; i > 0; i-- {
		switch tokens[i] {
		case ")":
			depth++
		case "(":
			if depth--; depth < 0 {
				return i
			}
		case ",":
			if depth == 0 {
				return i
			}
		}
	}
	return 0
}

// tableOf is the table that a statement makes or alters, or "".
func tableOf(statement []string) string {
	at := slices.Index(statement, "TABLE")
	if at != 1 || statement[0] != "CREATE" && statement[0] != "ALTER" {
		return ""
	}
	for _, token := range statement[at+1:] {
		if !slices.Contains([]string{"IF", "NOT", "EXISTS", "ONLY"}, token) {
			return token
		}
	}
	return ""
}
