package api

import (
	"reflect"
	"strings"
	"testing"
)

const usualDecision = `{"profile":{"anonymousId":"a1","userId":"u1","email":"a@b.example","phone":"+15550100","deviceId":"d1"},"placements":["cart","banner"],
 "trigger":"exit_intent","context":{"channel":"web","device":"mobile","country":"US","region":"US-CA","timezone":"America/Los_Angeles","locale":"en-US","store":"s1","gpc":true},
 "cart":{"id":"o1","currency":"USD","lines":[{"id":"l1","sku":"A1","category":"Käse/Weich","quantity":2,"price":"129.00","listPrice":149.5,"discounts":["sale","vip"],"tax":0},{"sku":"B","price":1}],
 "shipping":"9.90","tax":"1.20","coupons":["TEN"]},"sku":"A1","dryRun":true,"explain":false,"idempotencyKey":"k1"}`

// oddDecisions are what the scan leaves to encoding/json.
var oddDecisions = []string{
	``, `null`, `[]`, `{`, `{"placements":["p"]`, `{"placements":["p",]}`, `{"placements":["p"],}`, `{"placements":["p"]} {}`, `{"placements" ["p"]}`, `{"placements":["p"]}x`,
	`{"placements":null}`, `{"placements":[null]}`, `{"placements":[1]}`, `{"placements":"p"}`, `{"placements":["p"],"unknown":1}`, `{"placements":["p"],"SKU":"A"}`,
	`{"placements":["\u0070"]}`, `{"placements":["\u0000"]}`, "{\"placements\":[\"\xff\"]}", "{\"placements\":[\"a\tb\"]}", "{\"pl\xffacements\":[\"p\"]}", `{"placements":["p"],"now":"2026-01-05T10:00:00Z"}`,
	`{"placements":["p`, `{"placements":["p"],"dryRun":1}`, `{"placements":["p"],"dryRun":truer}`, `{"placements":["p"],"dryRun":null}`, `{"profile":{"userID":"u"}}`, `{"profile":7}`,
	`{"cart":null}`, `{"cart":{"shipping":null}}`, `{"cart":{"shipping":-1}}`, `{"cart":{"shipping":1e3}}`, `{"cart":{"shipping":01}}`, `{"cart":{"shipping":1.}}`, `{"cart":{"shipping":.5}}`,
	`{"cart":{"shipping":"1\""}}`, `{"cart":{"shipping":true}}`, `{"cart":{"lines":[{"quantity":1.0}]}}`, `{"cart":{"lines":[{"quantity":"1"}]}}`, `{"cart":{"lines":[{"quantity":00}]}}`,
	`{"cart":{"lines":[{"quantity":1000000000000000000}]}}`, `{"cart":{"lines":[{"discounts":[{"name":"vip"}]}]}}`, `{"cart":{"lines":[null]}}`,
	`{"cart":{"lines":[{"sku":"A"},{"sku":"B"}],"lines":[{"price":1}]}}`, `{"cart":{"lines":[{"sku":"A"}]},"cart":{"lines":[{"price":1}]}}`, `{"context":{"gpc":"yes"}}`, `{"context":{"Channel":"web"}}`,
}

// usualDecisions are what it reads.
var usualDecisions = []string{
	usualDecision, ` { } `, `{"profile":{},"context":{},"cart":{},"placements":[]}`, `{"cart":{"lines":[],"coupons":[]}}`, `{"cart":{"lines":[{},{"discounts":[]}]}}`,
	`{"profile":{"userId":"u"},"profile":{"email":"e"},"placements":["a","b"],"placements":["c"]}`, `{"cart":{"tax":1},"cart":{"tax":2,"shipping":"0"}}`, `{"sku":"A","sku":""}`,
	"\t{\r\n\"cart\" : { \"shipping\" :\n0.50 , \"lines\" : [ { \"quantity\" : 0 } ] } }", `{"cart":{"lines":[{"quantity":2,"quantity":3,"discounts":["a","b"],"discounts":["c"]}]}}`,
	`{"cart":{"shipping":"1,5"}}`, "{\"sku\":\"\u2028\x7f\ufffd\"}", `{"cart":{"lines":[{"quantity":999999999999999999}]}}`, `{"sku":"{{{{"}`,
}

// The scan reads a body as encoding/json does, or leaves it to it.
func TestScanDecision(t *testing.T) {
	for _, body := range usualDecisions {
		if !agrees(t, body) {
			t.Errorf("left to encoding/json: %s", body)
		}
	}
	for _, body := range oddDecisions {
		if agrees(t, body) {
			t.Errorf("not left to encoding/json: %s", body)
		}
	}
}

// Wherever a usual request is cut, or one of its bytes is another, the scan and encoding/json agree.
func TestScanDecisionOfBrokenBodies(t *testing.T) {
	for at := range usualDecision {
		agrees(t, usualDecision[:at])
		for _, c := range "\x00\t \"\\{}[]:,-.0179aeEtnu\u00e4" {
			agrees(t, usualDecision[:at]+string(c)+usualDecision[at:])
			agrees(t, usualDecision[:at]+string(c)+usualDecision[at+1:])
		}
		agrees(t, usualDecision[:at]+"\xe4"+usualDecision[at+1:])
	}
}

// The scan knows every member but now: one that it forgot would cost time, and no test beside this would tell.
func TestScanDecisionKnowsEveryMember(t *testing.T) {
	in, usual := scanDecision([]byte(usualDecision))
	if !usual {
		t.Fatal("the request is odd")
	}
	in.Cart.Lines = in.Cart.Lines[:1]
	in.Explain, in.Now = true, nil
	var absent []string
	emptyMembers(reflect.ValueOf(in), "", &absent)
	if got := strings.Join(absent, " "); got != ".Now" {
		t.Errorf("not read:%s", got)
	}
}

func emptyMembers(v reflect.Value, path string, found *[]string) {
	switch {
	case v.IsZero() && path != "" && v.Kind() != reflect.Int64:
		*found = append(*found, path)
	case v.Kind() == reflect.Pointer:
		emptyMembers(v.Elem(), path, found)
	case v.Kind() == reflect.Slice:
		emptyMembers(v.Index(0), path, found)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			emptyMembers(v.Field(i), path+"."+v.Type().Field(i).Name, found)
		}
	}
}

// agrees says whether the scan reads a body.
func agrees(t *testing.T, body string) bool {
	t.Helper()
	got, usual := scanDecision([]byte(body))
	if !usual {
		return false
	}
	want, err := decodeAny([]byte(body))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q\n scan          %+v\n encoding/json %+v, %v", body, got, want, err)
	}
	return true
}

func FuzzScanDecision(f *testing.F) {
	for _, body := range append(usualDecisions, oddDecisions...) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) { agrees(t, body) })
}
