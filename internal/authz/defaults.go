package authz

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/policy"
)

// Settings of a community that its founder may leave to what is usual. An empty text, or nil, says nothing. The tags say
// which values exist.
type Settings struct {
	Visibility  string `json:"visibility,omitempty" oneof:"public members invitation hidden"`
	JoinPolicy  string `json:"join_policy,omitempty" oneof:"open invitation closed"`
	Search      string `json:"search,omitempty" oneof:"segments tags off"`
	Attachments *bool  `json:"attachments,omitempty"`
}

// Kinds are what communities can be about.
var Kinds = []string{"chronic_illness", "vaccination", "smoking_cessation", "weight", "general"}

// Defaults are what is usual: always, for a kind, and at a sensitivity. What is said more closely outweighs the rest, so
// that nobody loosens what guards the most sensitive places without naming them.
type Defaults struct {
	Always      Settings            `json:"always"`
	Kind        map[string]Settings `json:"kind,omitzero"`
	Sensitivity map[string]Settings `json:"sensitivity,omitzero"`
}

const defaultsFile = "hamyar/community/defaults.json"

var (
	errDefaults   = errors.New("authz: these defaults are not as they must be")
	sensitivities = []string{"1", "2", "3"}
)

// ParseDefaults reads defaults as DefaultsSchema describes them, and refuses everything else.
func ParseDefaults(text []byte) (d Defaults, err error) {
	if err := json.Unmarshal(text, &d); err != nil {
		return Defaults{}, fmt.Errorf("%w: %w", errDefaults, err)
	}
	errs := []error{d.knowsAll(text), d.Always.check("always")}
	for _, layer := range []struct {
		name  string
		said  map[string]Settings
		exist []string
	}{{"kind", d.Kind, Kinds}, {"sensitivity", d.Sensitivity, sensitivities}} {
		for _, of := range slices.Sorted(maps.Keys(layer.said)) {
			if !slices.Contains(layer.exist, of) {
				errs = append(errs, fmt.Errorf("%w: %s %q does not exist", errDefaults, layer.name, of))
			}
			errs = append(errs, layer.said[of].check(layer.name+" "+of))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return Defaults{}, err
	}
	return d, nil
}

// knowsAll refuses a text that says anything which would not be heard: an unknown setting, a misspelt name, a null.
func (d Defaults) knowsAll(text []byte) error {
	heard, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("%w: %w", errDefaults, err)
	}
	var said, understood any
	if err := errors.Join(json.Unmarshal(text, &said), json.Unmarshal(heard, &understood)); err != nil {
		return fmt.Errorf("%w: %w", errDefaults, err)
	}
	if !reflect.DeepEqual(said, understood) {
		return fmt.Errorf("%w: something in it is no setting", errDefaults)
	}
	return nil
}

// check refuses a value that does not exist.
func (s Settings) check(where string) error {
	value := reflect.ValueOf(s)
	for field := range value.Type().Fields() {
		exist := strings.Fields(field.Tag.Get("oneof"))
		said := value.FieldByIndex(field.Index)
		if said.Kind() == reflect.String && said.String() != "" && !slices.Contains(exist, said.String()) {
			return fmt.Errorf("%w: %s: %s is never %q", errDefaults, where, setting(field), said.String())
		}
	}
	return nil
}

func setting(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

// over is s with what it says, and the rest as usual.
func (s Settings) over(usual Settings) Settings {
	return Settings{
		cmp.Or(s.Visibility, usual.Visibility), cmp.Or(s.JoinPolicy, usual.JoinPolicy),
		cmp.Or(s.Search, usual.Search), cmp.Or(s.Attachments, usual.Attachments),
	}
}

func over(said, usual map[string]Settings) map[string]Settings {
	all := maps.Clone(usual)
	if all == nil {
		all = map[string]Settings{}
	}
	for of, settings := range said {
		all[of] = settings.over(usual[of])
	}
	return all
}

// defaults are the built-in ones, and the operator's over them where there are any.
func (o *Overlay) defaults() (Defaults, error) {
	text, err := policy.Files.ReadFile(defaultsFile)
	if err != nil {
		return Defaults{}, fmt.Errorf("authz: read defaults: %w", err)
	}
	usual, err := ParseDefaults(text)
	if err != nil || o == nil || o.Defaults == nil {
		return usual, err
	}
	said, err := ParseDefaults(o.Defaults)
	if err != nil {
		return Defaults{}, err
	}
	return Defaults{said.Always.over(usual.Always), over(said.Kind, usual.Kind), over(said.Sensitivity, usual.Sensitivity)}, nil
}

func (d Defaults) of(kind string, sensitivity int) Settings {
	return d.Sensitivity[strconv.Itoa(sensitivity)].over(d.Kind[kind].over(d.Always))
}

// Defaults are the settings of a new community where its founder says nothing: what is usual everywhere, outweighed by
// what is usual in this installation.
func (e *Engine) Defaults(kind string, sensitivity int) (Settings, error) {
	p, err := e.open()
	if err != nil {
		return Settings{}, err
	}
	usual := p.defaults.of(kind, sensitivity)
	if usual.Visibility == "" || usual.JoinPolicy == "" || usual.Search == "" || usual.Attachments == nil {
		return Settings{}, fault.Wrap(fault.Unavailable, errDefaults)
	}
	return usual, nil
}
