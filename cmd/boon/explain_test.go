package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestExplainSaysWhatWasLeftOut(t *testing.T) {
	var out bytes.Buffer
	raw := `{"decision":{"id":"dec_1","picks":[],"leftOut":[{"placement":"checkout","bound":1000,"count":28,"offers":["a","b"]}]}}`
	if err := printExplanation(&console{out: &out}, json.RawMessage(raw), replayed{Equal: true}); err != nil {
		t.Fatal(err)
	}
	if want := "checkout: 28 offers left out beyond the bound of 1000, the first of them [a b]\n"; !strings.Contains(out.String(), want) {
		t.Errorf("%s\nhas no line %s", out.String(), want)
	}
}
