package api

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"boon"
)

// object is a JSON object of the OpenAPI document; encoding/json writes its members sorted.
type object map[string]any

// schemas derives JSON Schema (2020-12) from the Go types of the bodies, so that the document cannot drift from the code.
type schemas struct {
	named object
	types map[string]reflect.Type // by name: two types may not share one
}

// fixed are the types whose JSON is not what reflection sees.
var fixed = map[reflect.Type]object{
	reflect.TypeFor[time.Time]():       {"type": "string", "format": "date-time"},
	reflect.TypeFor[boon.Micros]():     {"type": "string", "description": "decimal text"},
	reflect.TypeFor[decimalText]():     {"oneOf": []object{{"type": "string"}, {"type": "number"}, money}, "description": "decimal text, such as \"12.50\", or money in the cart's currency"},
	reflect.TypeFor[boon.Identifier](): {"type": "string", "description": "namespace:hash"},
	reflect.TypeFor[anything]():        {},
	reflect.TypeFor[json.RawMessage](): {},
	reflect.TypeFor[lineDiscount]():    {"type": "string"},
	reflect.TypeFor[boon.Money]():      money,
}

var money = object{"type": "object", "required": []string{"amount", "currency"}, "properties": object{
	"amount":   object{"type": "string", "description": "decimal text in major units"},
	"currency": object{"type": "string", "description": "ISO 4217"}}}

var kinds = map[reflect.Kind]string{
	reflect.String: "string", reflect.Bool: "boolean", reflect.Float64: "number",
	reflect.Int: "integer", reflect.Int64: "integer", reflect.Uint64: "integer",
}

// of gives a type's schema; a named struct becomes a reference to its component.
func (s schemas) of(t reflect.Type) object {
	if known, ok := fixed[t]; ok {
		return known
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Interface:
		return object{}
	case reflect.Struct:
		return s.structure(t)
	}
	if t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return object{"type": "string"}
	}
	return object{"type": kinds[t.Kind()]}
}

func (s schemas) structure(t reflect.Type) object {
	name := schemaName(t)
	if name == "" {
		return s.members(t)
	}
	switch known := s.types[name]; known {
	case t:
	case nil:
		s.types[name] = t // before its members: breaks a cycle
		s.named[name] = s.members(t)
	default:
		panic("api: both " + known.String() + " and " + t.String() + " would be the schema " + name)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

func (s schemas) members(t reflect.Type) object {
	properties, required := object{}, []string{}
	for _, f := range reflect.VisibleFields(t) { // those of embedded structs too
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		properties[name] = described(s.of(f.Type), f.Tag.Get("doc"))
		if options == "" {
			required = append(required, name)
		}
	}
	out := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// described adds a sentence without touching a schema that others share.
func described(schema object, text string) object {
	if text == "" {
		return schema
	}
	out := object{"description": text}
	for k, v := range schema {
		if k != "description" {
			out[k] = v
		}
	}
	return out
}

// schemaName is the Go name with a capital: decisionRequest -> DecisionRequest.
func schemaName(t reflect.Type) string {
	if t.Name() == "" {
		return ""
	}
	return strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
}

func mustJSON(value any) []byte {
	out, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return out
}
