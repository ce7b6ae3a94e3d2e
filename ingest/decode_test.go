package ingest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"boon"
)

func TestDecodeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		raw    string
		hint   boon.Kind
		reason boon.Reason
		field  string
	}{
		"no JSON":             {raw: `{"type":`, reason: boon.ReasonInvalidRequest},
		"an array":            {raw: `[]`, reason: boon.ReasonInvalidRequest},
		"no type":             {raw: `{"userId":"u"}`, reason: boon.ReasonInvalidRequest, field: "type"},
		"an unknown type":     {raw: `{"type":"trakc","userId":"u"}`, reason: boon.ReasonInvalidRequest, field: "type"},
		"another endpoint":    {raw: `{"type":"page","userId":"u"}`, hint: boon.KindTrack, reason: boon.ReasonInvalidRequest, field: "type"},
		"no event":            {raw: `{"userId":"u"}`, hint: boon.KindTrack, reason: boon.ReasonInvalidRequest, field: "event"},
		"nobody":              {raw: `{"event":"E"}`, hint: boon.KindTrack, reason: boon.ReasonInvalidRequest, field: "userId"},
		"an id that is a map": {raw: `{"event":"E","userId":{}}`, hint: boon.KindTrack, reason: boon.ReasonInvalidRequest, field: "userId"},
		"text for properties": {raw: `{"event":"E","userId":"u","properties":"x"}`, hint: boon.KindTrack, reason: boon.ReasonInvalidRequest, field: "properties"},
		"a bad time":          {raw: `{"event":"E","userId":"u","timestamp":"soon"}`, hint: boon.KindTrack, reason: boon.ReasonInvalidRequest, field: "timestamp"},
		"a time out of range": {raw: `{"event":"E","userId":"u","sentAt":"9999-01-01T00:00:00Z"}`, hint: boon.KindTrack, reason: boon.ReasonInvalidRequest, field: "sentAt"},
		"alias of nobody":     {raw: `{"userId":"u"}`, hint: boon.KindAlias, reason: boon.ReasonInvalidRequest, field: "previousId"},
		"group of nothing":    {raw: `{"userId":"u"}`, hint: boon.KindGroup, reason: boon.ReasonInvalidRequest, field: "groupId"},
		"a NUL in a text":     {raw: `{"event":"E","userId":"u","properties":{"order_id":"a\u0000"}}`, hint: boon.KindTrack, reason: boon.ReasonInvalidRequest},
		"a NUL in a key":      {raw: `{"event":"E","userId":"u","properties":{"\u0000":1}}`, hint: boon.KindTrack, reason: boon.ReasonInvalidRequest},
		"an endless id":       {raw: `{"event":"E","userId":"u","messageId":"` + strings.Repeat("m", MaxID+1) + `"}`, hint: boon.KindTrack, reason: boon.ReasonInvalidRequest, field: "messageId"},
		"too deep":            {raw: `{"event":"E","userId":"u","properties":` + `{"a":` + strings.Repeat(`[`, MaxDepth) + strings.Repeat(`]`, MaxDepth) + `}` + `}`, hint: boon.KindTrack, reason: boon.ReasonInvalidRequest},
		"deeper than a stack": {raw: strings.Repeat(`[`, 30000), reason: boon.ReasonInvalidRequest},
		"too large":           {raw: `{"event":"` + strings.Repeat("x", MaxMessage) + `"}`, reason: boon.ReasonTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Decode([]byte(c.raw), c.hint, receipt)
			refusedAt(t, err, c.reason, c.field)
		})
	}
}

func TestDecodeTimes(t *testing.T) {
	want := time.Date(2015, 12, 12, 19, 11, 1, 249e6, time.UTC)
	for _, text := range []string{
		`"2015-12-12T19:11:01.249Z"`, `"2015-12-12T20:11:01.249+01:00"`, `"2015-12-12T20:11:01.249+0100"`, `"2015-12-12T20:11:01.249+01"`,
		`"2015-12-12 19:11:01.249"`, `"2015-12-12T19:11:01,249"`, `" 2015-12-12T19:11:01.249Z "`, `1449947461249`, `"2015-12-12 19:11:01.249Z"`,
	} {
		m, err := Decode([]byte(`{"type":"page","userId":"u","timestamp":`+text+`}`), 0, receipt)
		if err != nil || !m.Timestamp.Equal(want) {
			t.Errorf("%s: %v, %v", text, m.Timestamp, err)
		}
	}
	for _, unset := range []string{`null`, `""`, `"0001-01-01T00:00:00Z"`} {
		m, err := Decode([]byte(`{"type":"page","userId":"u","timestamp":`+unset+`}`), 0, receipt)
		if err != nil || !m.Timestamp.IsZero() {
			t.Errorf("%s: %v, %v, want the zero time", unset, m.Timestamp, err)
		}
	}
}

func TestBatch(t *testing.T) {
	body := `{"writeKey":"wk","sentAt":"2026-01-05T09:59:00Z","context":{"channel":"app","locale":"fr-FR","ip":"203.0.113.9"},"batch":[
		{"type":"track","event":"Product Viewed","userId":"u1","properties":{"sku":"A"}},
		{"type":"nonsense","userId":"u1"},
		"not a message",
		{"type":"page","anonymousId":"a1","sentAt":"2026-01-05T09:58:00Z","writeKey":"own","context":{"channel":"web","os":{"name":"iOS"}}},
		{"type":"track","event":"E","userId":"u1","properties":[]}
	]}`
	batch, err := DecodeBatch([]byte(body), receipt)
	if err != nil || len(batch.Items) != 5 || batch.WriteKey != "wk" {
		t.Fatalf("%+v, %v", batch, err)
	}
	refusedAt(t, batch.Items[1].Err, boon.ReasonInvalidRequest, "type")
	refusedAt(t, batch.Items[2].Err, boon.ReasonInvalidRequest, "")
	refusedAt(t, batch.Items[4].Err, boon.ReasonInvalidRequest, "properties")
	first, fourth := batch.Items[0].Message, batch.Items[3].Message
	if first.WriteKey != "wk" || fourth.WriteKey != "own" || !first.SentAt.Equal(batch.SentAt) || fourth.SentAt.Equal(batch.SentAt) {
		t.Errorf("the envelope stands in only for what an item does not say: %+v %+v", first, fourth)
	}
	event, contacts, err := Normalise(first, testOptions(false))
	if err != nil || event.Context.Channel != "app" || event.Context.Locale != "fr-FR" || len(contacts) != 1 || event.Rest != nil {
		t.Errorf("first: %+v, %v, %v", event, contacts, err)
	}
	event, _, err = Normalise(fourth, testOptions(false))
	if err != nil || event.Context.Channel != "web" || event.Context.Locale != "fr-FR" || string(event.Rest) != `{"context":{"os":{"name":"iOS"}}}` {
		t.Errorf("fourth: %+v, %s, %v", event, event.Rest, err)
	}
}

func TestBatchLimits(t *testing.T) {
	one := `{"type":"page","userId":"u"}`
	full := `{"batch":[` + strings.Repeat(one+",", MaxMessages-1) + one
	if b, err := DecodeBatch([]byte(full+`]}`), receipt); err != nil || len(b.Items) != MaxMessages {
		t.Errorf("%d items, %v", len(b.Items), err)
	}
	_, err := DecodeBatch([]byte(full+`,`+one+`]}`), receipt)
	refusedAt(t, err, boon.ReasonTooLarge, "")
	_, err = DecodeBatch([]byte(`{"batch":["`+strings.Repeat("x", MaxBatch)+`"]}`), receipt)
	refusedAt(t, err, boon.ReasonTooLarge, "")
	_, err = DecodeBatch([]byte(`{"batch":{}}`), receipt)
	refusedAt(t, err, boon.ReasonInvalidRequest, "batch")
	_, err = DecodeBatch([]byte(`{"context":{"x":"`+strings.Repeat("x", MaxShared)+`"},"batch":[]}`), receipt)
	refusedAt(t, err, boon.ReasonTooLarge, "context")
	b, err := DecodeBatch([]byte(`{"batch":[{"x":"`+strings.Repeat("x", MaxMessage)+`"},`+one+`]}`), receipt)
	if err != nil || b.Items[1].Err != nil {
		t.Fatal("a long item sinks the batch", err)
	}
	refusedAt(t, b.Items[0].Err, boon.ReasonTooLarge, "")
}

// FuzzDocument holds the tape against encoding/json: the same texts are valid, and every value reads the same.
func FuzzDocument(f *testing.F) {
	for _, s := range []string{orderMessage, `[1,-0.5e+3,"\ud83c\udf70\n",{"a":{}},null,true]`, `{"a":1,"a":[2]}`, "\"\xff\"", `"\ud800"`, `01`, `[1,]`, ` {} x`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := parseDocument(text)
		if valid := json.Valid([]byte(text)); valid != (err == nil) {
			if deep := strings.Count(text, "[")+strings.Count(text, "{") > maxTapeDepth; !deep {
				t.Fatalf("encoding/json says %v, the tape %v", valid, err)
			}
		}
		if err != nil {
			return
		}
		var want any
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if got := plain(value{doc, 0}); fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
			t.Fatalf("read %#v, want %#v", got, want)
		}
	})
}

// plain turns a value into what encoding/json makes of it.
func plain(v value) any {
	switch v.kind() {
	case tapeObject:
		object := map[string]any{}
		for m := v.members(); m.next(); {
			object[m.key] = plain(m.value)
		}
		return object
	case tapeArray:
		array := []any{}
		for i := v.items(); i.next(); {
			array = append(array, plain(i.value))
		}
		return array
	case tapeNumber:
		return json.Number(v.text())
	case tapeString:
		return v.text()
	case tapeTrue, tapeFalse:
		return v.kind() == tapeTrue
	}
	return nil
}

// FuzzMessage sends anything through the whole edge: it never panics, what it refuses is a *boon.Error, and what it takes survives the codec.
func FuzzMessage(f *testing.F) {
	source, err := os.ReadFile(filepath.Join("testdata", "normalise", "messages.txt"))
	if err != nil {
		f.Fatal(err)
	}
	for _, part := range strings.Split(string(source), "\n---\n") {
		_, raw := splitStory(part)
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Decode(raw, 0, receipt)
		if err != nil {
			mustRefuse(t, err)
			return
		}
		event, _, err := Normalise(m, testOptions(false))
		if err != nil {
			mustRefuse(t, err)
			return
		}
		if event.Rest != nil && !json.Valid(event.Rest) {
			t.Fatalf("the rest is no JSON: %s", event.Rest)
		}
		sameAfterCodec(t, event)
	})
}

func mustRefuse(t *testing.T, err error) {
	t.Helper()
	if _, ok := err.(*boon.Error); !ok {
		t.Fatalf("not a refusal: %v", err)
	}
}

// FuzzBatch: no body makes it panic, refusals are *boon.Error, and a message reads the same in a batch as alone.
func FuzzBatch(f *testing.F) {
	f.Add([]byte(`{"batch":[` + orderMessage + `,{"type":"page"},[1]],"sentAt":"2026-01-05T09:59:00Z","context":{"locale":"fr"},"writeKey":"wk"}`))
	f.Add([]byte(`{"context":{"traits":{"email":"a@b.example"},"ip":"203.0.113.9"},"batch":[{"type":"screen","userId":"u","context":{"os":{}}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		batch, err := DecodeBatch(body, receipt)
		if err != nil {
			mustRefuse(t, err)
			return
		}
		for _, item := range batch.Items {
			if item.Err != nil {
				mustRefuse(t, item.Err)
				continue
			}
			alone, err := Decode([]byte(item.Message.root.raw()), 0, receipt)
			if err != nil || alone.UserID != item.Message.UserID || alone.Name != item.Message.Name || alone.Kind != item.Message.Kind {
				t.Fatalf("alone it is %+v, %v", alone, err)
			}
			event, _, err := Normalise(item.Message, testOptions(false))
			if err != nil {
				mustRefuse(t, err)
				continue
			}
			if event.Rest != nil && !json.Valid(event.Rest) {
				t.Fatalf("the rest is no JSON: %s", event.Rest)
			}
			sameAfterCodec(t, event)
		}
	})
}
