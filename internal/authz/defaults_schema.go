package authz

import (
	"encoding/json"
	"reflect"
	"strings"
)

var settings = map[string]any{"$ref": "#/definitions/settings"}

// DefaultsSchema is the JSON schema of an operator's defaults.json, for editors; ParseDefaults holds to the same.
func DefaultsSchema() []byte {
	properties := map[string]any{}
	for field := range reflect.TypeFor[Settings]().Fields() {
		if exist := strings.Fields(field.Tag.Get("oneof")); len(exist) > 0 {
			properties[setting(field)] = map[string]any{"type": "string", "enum": exist}
		} else {
			properties[setting(field)] = map[string]any{"type": "boolean"}
		}
	}
	schema := object(map[string]any{"always": settings, "kind": each(Kinds), "sensitivity": each(sensitivities)})
	schema["required"] = []string{"always"}
	schema["$schema"] = "http://json-schema.org/draft-07/schema#"
	schema["title"] = "What is usual for a new community: always, at a sensitivity, and for a kind"
	schema["definitions"] = map[string]any{"settings": object(properties)}
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		panic("authz: schema of defaults: " + err.Error()) // of texts alone
	}
	return append(text, '\n')
}

func each(names []string) map[string]any {
	properties := map[string]any{}
	for _, name := range names {
		properties[name] = settings
	}
	return object(properties)
}

func object(properties map[string]any) map[string]any {
	return map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
}
