package ingest

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/model"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// lived is a state after a day with something of everything, and who lived it.
func lived(t testing.TB) *rig {
	r := newRig(t, true)
	denied := at(4, bob, boon.CartViewed)
	denied.Choices = []boon.Choice{{Purpose: boon.PurposeEmail, At: minutes(4), Source: "api"}}
	linked := at(5, user, boon.ProductViewed)
	linked.Linked = []boon.Identifier{ann}
	told := at(0, ann, boon.ProductViewed)
	told.Traits = map[string]string{"plan": "gold"}
	r.send(t, told, at(1, ann, boon.ProductViewed), at(2, ann, boon.CheckoutStarted), linked, denied,
		order(6, user, "o1"), at(7, bob, boon.CheckoutStarted), at(60, bob, boon.ProductViewed), at(61, bob, boon.ProductViewed), at(240, ann, boon.CartViewed))
	r.mustDrain(t, 4)
	return r
}

// TestPersonGolden pins the stored form: a state that was written once is read for ever.
func TestPersonGolden(t *testing.T) {
	r := lived(t)
	var out strings.Builder
	for _, id := range []boon.Identifier{ann, bob, user, other} {
		p := r.who(t, id)
		fmt.Fprintf(&out, "%s: %d edges, %d shown, %d open, %d fired, %d measured\n%s\n", id, len(p.Node.Edges), len(p.Told.Shown), len(p.Open), len(p.Fired), len(p.Measured), hex.Dump(p.Encode()))
	}
	golden(t, filepath.Join("testdata", "person.v4-state.v4-trigger.v3.golden"), out.String())
}

// What a decision reads of a person is decoded, in lists of their size, and nothing else.
func TestLoadForADecision(t *testing.T) {
	r := lived(t)
	whole := r.who(t, ann)
	load := func() *Person { return must(loadPerson(t.Context(), r.disk, ann, false)) }
	part := load()
	if len(whole.Fired) == 0 || whole.Memory.Empty() {
		t.Fatalf("ann has nothing that a decision does not read: %+v", whole)
	}
	whole.Memory, whole.Open, whole.Fired, whole.Measured = part.Memory, part.Open, part.Fired, part.Measured
	if !bytes.Equal(part.Encode(), whole.Encode()) || !part.Memory.Empty() || part.Fired != nil {
		t.Errorf("read %+v", part)
	}
	if got := testing.AllocsPerRun(50, func() { load() }); got > 16 {
		t.Errorf("%v allocations", got)
	}
}

// TestPersonOfVersion1 reads what was stored before channels and dismissals were kept: what was shown was shown on a page.
func TestPersonOfVersion1(t *testing.T) {
	shown := 0
	for _, p := range stored(t, "person.v1.golden") {
		for _, s := range p.Told.Shown {
			if shown++; s.Channel != "web" || s.Offer == "" {
				t.Errorf("shown %+v", s)
			}
		}
	}
	if shown == 0 {
		t.Error("nothing shown was read")
	}
}

// TestPersonOfVersion2 reads what was stored before it was kept what triggers decided.
func TestPersonOfVersion2(t *testing.T) {
	for _, p := range stored(t, "person.v2.golden") {
		if len(p.Fired) > 0 {
			t.Errorf("read %+v", p)
		}
	}
}

// TestPersonOfVersion3 reads what was stored before anything was counted for fairness.
func TestPersonOfVersion3(t *testing.T) {
	fired := 0
	for _, p := range stored(t, "person.v3.golden") {
		if fired += len(p.Fired); len(p.Measured) > 0 {
			t.Errorf("read %+v", p)
		}
	}
	if fired == 0 {
		t.Error("no decision was read")
	}
}

// TestPersonOfVersion4 reads what was stored before carts kept what moved into and out of them.
func TestPersonOfVersion4(t *testing.T) {
	for _, p := range stored(t, "person.v4.golden") {
		if len(p.State.Moves) > 0 {
			t.Errorf("read %+v", p)
		}
	}
}

// TestPersonOfStateVersion3 reads what was stored before the product viewed last was kept.
func TestPersonOfStateVersion3(t *testing.T) {
	for _, p := range stored(t, "person.v4-state.v3.golden") {
		if p.State.Looked.Value != "" {
			t.Errorf("read %+v", p)
		}
	}
}

// TestPersonOfTriggerVersion2 reads what was stored before a visit was kept from its first event to its last.
func TestPersonOfTriggerVersion2(t *testing.T) {
	remembered := 0
	for _, p := range stored(t, "person.v4-state.v4.golden") {
		if !p.Memory.Empty() {
			remembered++
		}
	}
	if remembered == 0 {
		t.Error("no memory was read")
	}
}

// stored reads the people of a golden file.
func stored(t *testing.T, name string) (people []*Person) {
	dump, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range regexp.MustCompile(`(?m)^[a-z]+:.*\n((?:[0-9a-f]{8}.*\n)+)`).FindAllStringSubmatch(string(dump), -1) {
		p, err := DecodePerson(undump(t, line[1]))
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, sameAgain(t, p.Encode(), DecodePerson))
	}
	if len(people) == 0 {
		t.Fatal("nobody was read")
	}
	return people
}

// undump reads what hex.Dump wrote.
func undump(t *testing.T, text string) (data []byte) {
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		columns, _, _ := strings.Cut(line[8:], "|")
		part, err := hex.DecodeString(strings.ReplaceAll(columns, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, part...)
	}
	return data
}

// sameAgain decodes what was stored and holds that it is stored by the same bytes again.
func sameAgain[T interface{ Encode() []byte }](t interface{ Fatalf(string, ...any) }, data []byte, decode func([]byte) (T, error)) T {
	x, err := decode(data)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if again := x.Encode(); !bytes.Equal(data, again) {
		t.Fatalf("other bytes the second time:\n%x\n%x", data, again)
	}
	return x
}

func TestPersonKeepsAnyState(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := applied(t, drawStream(rt), 10)
		for _, id := range []boon.Identifier{ann, bob, user, other} {
			p := r.who(t, id)
			for range rapid.IntRange(0, 3).Draw(rt, "more") {
				showed(&p.Told, boon.Shown{Offer: rapid.String().Draw(rt, "shown"), Channel: rapid.String().Draw(rt, "channel"), At: drawTime(rt)})
				dismiss(&p.Told, boon.Dismissal{Offer: rapid.String().Draw(rt, "dismissed"), Decision: rapid.String().Draw(rt, "decision"), At: drawTime(rt)})
				p.expose(model.Arm{Offer: rapid.String().Draw(rt, "offer"), Level: boon.Micros(rapid.Int64().Draw(rt, "level"))}, drawTime(rt))
			}
			back := sameAgain(rt, p.Encode(), DecodePerson)
			if diff := cmp.Diff(p.Told, back.Told, cmpopts.EquateEmpty()); diff != "" {
				rt.Fatalf("told:\n%s", diff)
			}
			if diff := cmp.Diff(p.Open, back.Open); diff != "" {
				rt.Fatalf("open:\n%s", diff)
			}
		}
	})
}

func TestWhatAPersonKeepsIsBounded(t *testing.T) {
	var p Person
	showed(&p.Told, boon.Shown{Offer: "text", Channel: "sms", At: minutes(0)})
	for i := range 100 {
		showed(&p.Told, boon.Shown{Offer: fmt.Sprint(i), Channel: "web", At: minutes(i)})
		dismiss(&p.Told, boon.Dismissal{Offer: fmt.Sprint(i / 2), Decision: fmt.Sprint(i / 2), At: minutes(i)})
		p.expose(model.Arm{Offer: fmt.Sprint(i)}, minutes(i))
	}
	if shown := p.Told.Shown; len(shown) != maxShown+1 || shown[0].Offer != "text" || shown[1].Offer != "68" || shown[maxShown].Offer != "99" {
		t.Errorf("of a hundred showings on a page and a text before them are kept: %v", shown)
	}
	if d := p.Told.Dismissed; len(d) != maxDismissed || d[0].Offer != "18" || d[maxDismissed-1].Offer != "49" {
		t.Errorf("of fifty dismissals, each told twice, are kept: %v", d)
	}
	if len(p.Open) != maxOpen || p.Open[0].Arm.Offer != "68" {
		t.Errorf("%d open from %v", len(p.Open), p.Open[0])
	}
	// an order in the hour of the last answers what lies within the horizon, and not what comes after it
	if answered := p.close(minutes(90), 10*time.Minute); len(answered) != 11 || answered[0].Arm.Offer != "80" || answered[10].Arm.Offer != "90" {
		t.Errorf("answered %v", answered)
	}
}

func TestDecodePersonRefuses(t *testing.T) {
	whole := lived(t).who(t, ann).Encode()
	for n := range whole {
		if _, err := DecodePerson(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes were taken for a person", n, len(whole))
		}
	}
	if _, err := DecodePerson([]byte{personVersion + 1}); err == nil {
		t.Error("an unknown version was let pass")
	}
}

// FuzzDecodePerson: no bytes make it panic, and what it takes has one form from then on.
func FuzzDecodePerson(f *testing.F) {
	r := lived(f)
	for _, id := range []boon.Identifier{ann, bob, user, other} {
		f.Add(r.who(f, id).Encode())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := DecodePerson(data); err == nil {
			sameAgain(t, p.Encode(), DecodePerson)
		}
	})
}
