package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"boon"

	"github.com/google/go-cmp/cmp"
)

// TestNormaliseGolden tells by example what becomes of real-life messages: testdata/normalise/messages.txt in, golden.txt out.
func TestNormaliseGolden(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("testdata", "normalise", "messages.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, part := range strings.Split(string(source), "\n---\n") {
		story, raw := splitStory(part)
		out.WriteString(story + outcome([]byte(raw)) + "\n")
	}
	golden(t, filepath.Join("testdata", "normalise", "golden.txt"), out.String())
}

// splitStory parts the comment lines from the message.
func splitStory(part string) (story, raw string) {
	for line := range strings.Lines(part) {
		if strings.HasPrefix(line, "#") {
			story += line
		} else {
			raw += line
		}
	}
	return story, raw
}

func outcome(raw []byte) string {
	m, err := Decode(raw, 0, receipt)
	if err != nil {
		return "refused: " + err.Error() + "\n"
	}
	event, contacts, err := Normalise(m, testOptions(false))
	if err != nil {
		return "refused: " + err.Error() + "\n"
	}
	shown := struct {
		boon.Event
		KindName string
		Contacts []Contact `json:",omitempty"`
	}{event, event.Kind.String(), contacts}
	text, err := json.MarshalIndent(shown, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(text) + "\n"
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; if the change is meant, run with -update (-want +got):\n%s", path, diff)
	}
}

func TestClock(t *testing.T) {
	at := func(s string) time.Time { return receipt.Add(must(time.ParseDuration(s))) }
	for name, c := range map[string]struct {
		own, sent, want time.Time
		replay          bool
	}{
		"corrected by what the sender's clock is off":   {own: at("47h"), sent: at("48h"), want: at("-1h")},
		"no sentAt: its own":                            {own: at("-72h"), want: at("-72h")},
		"nothing: the receipt's":                        {want: receipt},
		"five minutes ahead is let be":                  {own: at("5m"), want: at("5m")},
		"more is clamped":                               {own: at("5m1s"), want: receipt},
		"a replay's time is its own":                    {own: at("47h"), sent: at("48h"), want: at("47h"), replay: true},
		"a replay without one takes what the caller is": {want: receipt, replay: true},
	} {
		t.Run(name, func(t *testing.T) {
			m := Message{Kind: boon.KindTrack, UserID: "u1", Timestamp: c.own, SentAt: c.sent, Received: receipt}
			event, _, err := Normalise(m, testOptions(c.replay))
			if err != nil || !event.Time.Equal(c.want) {
				t.Errorf("time %v, error %v, want %v", event.Time, err, c.want)
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestEquallySpelled: the order of members and the white space between them change nothing of the event.
func TestEquallySpelled(t *testing.T) {
	a := `{"type":"track","event":"Product Viewed","userId":"u1","properties":{"sku":"A","price":1.50}}`
	b := "{ \"properties\" : {\"price\":\"1.5\", \"sku\":\"A\"},\r\n\t\"userId\":\"u1\",\"event\":\"Product Viewed\", \"type\":\"track\" }"
	if diff := cmp.Diff(outcome([]byte(a)), outcome([]byte(b))); diff != "" {
		t.Error(diff)
	}
}

// TestHostile: what would take quadratic work is bounded.
func TestHostile(t *testing.T) {
	var fields, coupons strings.Builder
	for i := range maxSecrets + 1 {
		fmt.Fprintf(&fields, `"o%d":{"email":"%08d@x.example"},`, i, i)
	}
	for i := range maxNames + 1 {
		fmt.Fprintf(&coupons, `"%d",`, i)
	}
	event, _, err := Normalise(must(Decode([]byte(`{"type":"page","userId":"u1","properties":{`+fields.String()+`"note":"a long text","n":1}}`), 0, receipt)), testOptions(false))
	if err != nil || string(event.Rest) != `{"properties":{"n":1}}` {
		t.Errorf("%s, %v", event.Rest, err)
	}
	_, _, err = Normalise(must(Decode([]byte(`{"type":"track","event":"Cart Viewed","userId":"u1","properties":{"coupons":[`+coupons.String()+`"x"]}}`), 0, receipt)), testOptions(false))
	refusedAt(t, err, boon.ReasonInvalidRequest, "properties.coupons")
}

func refusedAt(t *testing.T, err error, reason boon.Reason, field string) {
	t.Helper()
	var refusal *boon.Error
	if !errors.As(err, &refusal) || refusal.Reason != reason || refusal.Field != field {
		t.Errorf("error %v, want %s at %q", err, reason, field)
	}
}
