package api

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
)

// The names are those that encoding/json finds, whatever the values hold.
func FuzzMemberNames(f *testing.F) {
	for _, body := range []string{
		`{}`, `null`, `[{"a":1}]`, `"a"`, ` { "a" : "b" , "c":{"d":["e","f"],"g":"h"} ,"i":[{"j":{}},"k"],"l":1}`,
		`{"a\"b":"c\\","\u0061":1,"":"{[\",:"}`, `{"a":1,"a":2}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var want map[string]json.RawMessage
		if json.Unmarshal(body, &want) != nil {
			return
		}
		got := map[string]bool{}
		for name := range memberNamesIn(body) {
			got[string(name)] = true
		}
		if want := slices.Sorted(maps.Keys(want)); !slices.Equal(slices.Sorted(maps.Keys(got)), want) {
			t.Errorf("%s: %q, want %q", body, slices.Sorted(maps.Keys(got)), want)
		}
	})
}
