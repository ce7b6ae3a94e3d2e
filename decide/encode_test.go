package decide_test

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/bench"
	"boon/decide"
	"boon/feature"
	"boon/internal/pack"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What is written by hand reads as what the library would have written.
func TestCandidatesAreWrittenAsJSON(t *testing.T) {
	b := parse(t, base(t))
	in := inputs(b, "checkout")
	rapid.Check(t, func(t *rapid.T) {
		var k boon.Candidate
		k.Placement, k.Offer, k.By, k.Detail = rapid.String().Draw(t, "placement"), rapid.String().Draw(t, "offer"), rapid.String().Draw(t, "by"), rapid.String().Draw(t, "detail")
		k.Level, k.Cost = boon.Micros(rapid.Int64().Draw(t, "level")), rapid.Int64().Draw(t, "cost")
		k.Verdict, k.Reason = boon.VerdictRefused, boon.ReasonScarce
		for _, f := range []*float64{&k.P0, &k.P, &k.Q, &k.Delta, &k.Score} {
			*f = rapid.Float64().Draw(t, "figure")
		}
		record := decide.Record{Engine: decide.Engine, Inputs: in, Candidates: []boon.Candidate{k, {}, k}}
		body, err := record.Encode()
		if err != nil {
			t.Fatal(err)
		}
		short, err := record.AppendShort(nil)
		if err != nil {
			t.Fatal(err)
		}
		if stored, err := pack.Unpack(pack.Pack(short)); err != nil || !bytes.Equal(stored, body) {
			t.Fatalf("stored\n%s\ncomes back as\n%s\n%v", body, stored, err)
		}
		back, err := decide.DecodeRecord(body)
		if err != nil {
			t.Fatal(err)
		}
		library, err := json.Marshal(record.Candidates)
		if err != nil {
			t.Fatal(err)
		}
		var want []boon.Candidate
		if err := json.Unmarshal(library, &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, back.Candidates); diff != "" {
			t.Fatalf("-library +own:\n%s", diff)
		}
	})
}

// BenchmarkStoreRecord writes and packs records of the load test's shop, each of another cart, so that nothing is guessed from the one before.
func BenchmarkStoreRecord(b *testing.B) {
	var text bytes.Buffer
	if err := (bench.Shop{Offers: 100, Matching: 20}).Write(&text); err != nil {
		b.Fatal(err)
	}
	shop := parse(b, text.String())
	policy, in := compile(b, shop), inputs(shop, "place-0")
	in.Consent = []decide.Gate{{Purpose: boon.PurposeSMS, Detail: "default_opt_in"}}
	in.Shown = []boon.Shown{{Offer: "offer-00004", Channel: "web", At: noon}}
	records := make([]decide.Record, 256)
	for i := range records {
		in.Seed = uint64(i)
		in.Request.Cart.Lines = []boon.Line{{ID: "l1", SKU: "cola", Category: "GROCERY/SOFT DRINKS", Quantity: 6, Price: boon.Micros(100+i) * boon.Unit / 100}}
		in.Vector = feature.Compute(&feature.State{}, feature.Cuts{}, &feature.Input{Now: noon, Shop: &shop.Shop, Cart: in.Request.Cart})
		records[i] = decide.Compute(policy, rates(), in)
	}
	var short []byte
	var err error
	stored, n := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		if short, err = records[n%len(records)].AppendShort(short[:0]); err != nil {
			b.Fatal(err)
		}
		stored += len(pack.Pack(short))
		n++
	}
	b.ReportMetric(float64(stored)/float64(n), "bytes")
}

// The rest of a record is what the library writes, to the byte: whatever field comes to an input or a decision has to be written by hand too.
func TestInputsAndDecisionAreWrittenAsTheLibraryDoes(t *testing.T) {
	b := parse(t, base(t))
	known := inputs(b, "checkout").Vector
	rapid.Check(t, func(t *rapid.T) {
		record := decide.Record{Engine: decide.Engine}
		drawn(t, reflect.ValueOf(&record.Inputs).Elem())
		drawn(t, reflect.ValueOf(&record.Decision).Elem())
		record.Inputs.Vector = known
		body, err := record.Encode()
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(struct {
			Engine   int            `json:"engine"`
			Inputs   *decide.Inputs `json:"inputs"`
			Decision *boon.Decision `json:"decision"`
		}{record.Engine, &record.Inputs, &record.Decision})
		if err != nil {
			t.Fatal(err)
		}
		if _, got, _ := bytes.Cut(body, []byte(`"candidates":[],`)); string(got) != string(want[1:]) {
			t.Fatalf("written\n%s\nthe library writes\n%s", got, want[1:])
		}
	})
}

// A time that JSON has no form for is an error, as it is for the library.
func TestRecordRefusesWhatJSONCannotHold(t *testing.T) {
	known := inputs(parse(t, base(t)), "checkout")
	in := known
	in.Request.At = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, err := (decide.Record{Inputs: in}).Encode(); err == nil || !strings.Contains(err.Error(), "at: ") {
		t.Errorf("the year 10000: %v", err)
	}
	pick := boon.Decision{Picks: []boon.Pick{{Propensity: math.NaN()}}}
	if _, err := (decide.Record{Inputs: known, Decision: pick}).Encode(); err == nil || !strings.Contains(err.Error(), "propensity: ") {
		t.Errorf("not a number: %v", err)
	}
}

// drawn fills a value of any kind, its fields and what it points to.
func drawn(t *rapid.T, v reflect.Value) {
	some := func(most int) int { return rapid.IntRange(0, most).Draw(t, "some") }
	switch v.Interface().(type) {
	case time.Time:
		at := time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "seconds"), rapid.Int64Range(0, 1e9-1).Draw(t, "nanoseconds"))
		v.Set(reflect.ValueOf([]time.Time{{}, at.UTC(), at.In(time.FixedZone("", 19_800))}[some(2)]))
		return
	case feature.Vector:
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(rapid.OneOf(rapid.Just(""), rapid.String(), rapid.SampledFrom([]string{"tea", "a<b>&c", `"\`, "é", "\xff", "\u2028"})).Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "flag"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64()).Draw(t, "number"))
	case reflect.Uint8:
		v.SetUint(uint64(some(5)))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "number"))
	case reflect.Float64:
		v.SetFloat(rapid.OneOf(rapid.Just(0.0), rapid.Float64(), rapid.Float64Range(0, 1), rapid.Just(1.0)).Draw(t, "figure"))
	case reflect.Pointer:
		if some(1) == 1 {
			v.Set(reflect.New(v.Type().Elem()))
			drawn(t, v.Elem())
		}
	case reflect.Slice:
		if n := some(3); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n-1, n-1))
		}
		for i := range v.Len() {
			drawn(t, v.Index(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			drawn(t, v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.ValueOf(rapid.MapOfN(rapid.String(), rapid.String(), 0, 3).Draw(t, "map")))
	case reflect.Struct:
		for i := range v.NumField() {
			drawn(t, v.Field(i))
		}
	default:
		t.Fatalf("no %s can be drawn", v.Type())
	}
}
