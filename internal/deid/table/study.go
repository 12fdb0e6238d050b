package table

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Study is what a steward writes about a table before its rows may leave: what each column is, and how well the rows are
// to be protected.
type Study struct {
	Input       Written          `yaml:"input"`
	Hierarchies Written          `yaml:"hierarchies"` // as Input where it doesn't say
	Columns     map[string]Trait `yaml:"columns"`
	Privacy     Privacy          `yaml:"privacy"`
	Coding      Coding           `yaml:"coding"`
}

// Written says how a file is written.
type Written struct {
	Delimiter string `yaml:"delimiter"` // one character
}

// Trait is what a study says of one column. L and T, for a sensitive one, stand before those of the whole table.
type Trait struct {
	Use       Use        `yaml:"role"`
	Hierarchy string     `yaml:"hierarchy"` // a file, looked for beside the study
	Weight    *float64   `yaml:"weight"`    // of the column's loss against that of others; 1 where it isn't said
	L         *Diversity `yaml:"l"`
	T         *Closeness `yaml:"t"`
}

// Use is what a column is to those who might recognise somebody by it.
type Use string

// The uses of a column.
const (
	Quasi       Use = "quasi"       // known to others too; made coarser
	Sensitive   Use = "sensitive"   // what nobody should learn of anybody; kept, and judged by l and t
	Insensitive Use = "insensitive" // kept as it is
	Identifier  Use = "identifier"  // left out
)

// Coding is how values are made coarser.
type Coding string

// The codings. With Global a column has one level in all its rows; with Local each class of rows has its own.
const (
	Global Coding = "global"
	Local  Coding = "local"
)

// Privacy is how well the rows are to be protected. What a study doesn't ask for is zero.
type Privacy struct {
	K                int       `yaml:"k"`
	L                Diversity `yaml:"l"`
	T                Closeness `yaml:"t"`
	Delta            *Presence `yaml:"delta"`
	SuppressionLimit float64   `yaml:"suppression_limit"` // the share of rows that may be suppressed, 0 to 1
}

// Diversity is l-diversity of a sensitive column: how many values a class must hold, and in which sense.
type Diversity struct {
	Kind  string  `yaml:"kind"`  // distinct, entropy or recursive; empty for none
	Value float64 `yaml:"value"` // l
	C     float64 `yaml:"c"`     // of (c,l)-diversity, which is recursive
}

// Closeness is t-closeness of a sensitive column: how far the distribution of its values in a class may be from that in
// the table, with the same distance between all values, or with a distance by their order.
type Closeness struct {
	Kind  string  `yaml:"kind"`  // equal or ordered; empty for none
	Value float64 `yaml:"value"` // t, above 0 and up to 1
}

// Presence is δ-presence: how sure anybody may be that a person of the population is among the rows. In each class the
// rows are between Min and Max of the population's.
type Presence struct {
	Min        float64 `yaml:"min"`
	Max        float64 `yaml:"max"`
	Population string  `yaml:"population"` // a file with the quasi columns of everybody, those in the table among them
}

// longestStudy is in bytes; a study that is longer is something else.
const longestStudy = 1 << 20

// ReadStudy reads a study and refuses settings that it doesn't know and goals that mean nothing. What is wrong comes back
// as a *Wrong.
func ReadStudy(r io.Reader, name string) (*Study, error) {
	text, err := io.ReadAll(io.LimitReader(r, longestStudy+1))
	if err != nil {
		return nil, err
	}
	if len(text) > longestStudy {
		return nil, &Wrong{File: name, What: "it is larger than a study can be"}
	}
	s := &Study{}
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	if err := decoder.Decode(s); err != nil {
		return nil, Misunderstood(err, name)
	}
	if err := decoder.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		return nil, &Wrong{File: name, What: "it holds more than one document"}
	}
	if err := s.check(); err != nil {
		return nil, &Wrong{File: name, What: err.Error()}
	}
	return s, nil
}

var (
	lineOf  = regexp.MustCompile(`line (\d+)`)
	unknown = regexp.MustCompile(`field (\S+) not found`)
	twice   = regexp.MustCompile(`mapping key ("[^"]*") already defined`)
)

// Misunderstood is a *Wrong that says what a reader of YAML said, without the values that it repeats.
func Misunderstood(err error, name string) error {
	wrong := &Wrong{File: name}
	said := err.Error()
	if at := lineOf.FindStringSubmatch(said); at != nil {
		wrong.Line, _ = strconv.Atoi(at[1]) // digits alone
	}
	var kinds *yaml.TypeError
	switch setting := unknown.FindStringSubmatch(said); {
	case errors.Is(err, io.EOF):
		wrong.What = "it is empty"
	case setting != nil:
		wrong.What = fmt.Sprintf("there is no setting %q", setting[1])
	case twice.MatchString(said):
		wrong.What = fmt.Sprintf("%s is said twice", twice.FindStringSubmatch(said)[1])
	case errors.As(err, &kinds):
		wrong.What = "this is not the kind of value that belongs here"
	default:
		wrong.What = "it isn't YAML that can be read"
	}
	return wrong
}
