package boon_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"boon"
)

func TestNewIDSortsByTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		millis := rapid.Int64Range(0, 1<<47)
		early, late := millis.Draw(t, "early"), millis.Draw(t, "late")
		if early > late {
			early, late = late, early
		}
		seed := rapid.String()
		a := boon.NewID(boon.PrefixGrant, time.UnixMilli(early), seed.Draw(t, "seed a"))
		b := boon.NewID(boon.PrefixGrant, time.UnixMilli(late), seed.Draw(t, "seed b"))
		if early < late && a >= b {
			t.Fatalf("%s of %d does not sort before %s of %d", a, early, b, late)
		}
		if len(a) != len(b) {
			t.Fatalf("%s and %s differ in length", a, b)
		}
	})
}

func TestNewIDIsAFunctionOfItsArguments(t *testing.T) {
	at := time.UnixMilli(1_500_000_000_000)
	id := boon.NewID(boon.PrefixDecision, at, "message", "trigger")
	if again := boon.NewID(boon.PrefixDecision, at.UTC(), "message", "trigger"); again != id {
		t.Fatalf("equal arguments gave %s and %s", id, again)
	}
	if len(id) != len(boon.PrefixDecision)+26 || id != strings.ToLower(id) {
		t.Fatalf("form of %s", id)
	}
	for what, other := range map[string]string{
		"another time":          boon.NewID(boon.PrefixDecision, at.Add(time.Millisecond), "message", "trigger"),
		"another seed":          boon.NewID(boon.PrefixDecision, at, "message", "other"),
		"the seeds glued":       boon.NewID(boon.PrefixDecision, at, "messagetrigger"),
		"the seeds cut apart":   boon.NewID(boon.PrefixDecision, at, "messaget", "rigger"),
		"the seeds turned over": boon.NewID(boon.PrefixDecision, at, "trigger", "message"),
		"an empty seed more":    boon.NewID(boon.PrefixDecision, at, "message", "trigger", ""),
	} {
		if other == id {
			t.Errorf("%s gives the same id", what)
		}
	}
	grant := boon.NewID(boon.PrefixGrant, at, "message", "trigger")
	if strings.TrimPrefix(grant, boon.PrefixGrant) == strings.TrimPrefix(id, boon.PrefixDecision) {
		t.Error("a grant and a decision of one cause share their digits")
	}
}

func TestContentID(t *testing.T) {
	id := boon.ContentID(boon.PrefixRelease, nil)
	if want := "rel_werc8gmrzge196qvyk49jvxs4g"; id != want { // 128 bits of the SHA-256 of nothing, e3b0c442..., in Crockford's base 32
		t.Fatalf("%s, want %s", id, want)
	}
	if id == boon.ContentID(boon.PrefixRelease, []byte{0}) {
		t.Fatal("other content, same id")
	}
	if id != boon.ContentID(boon.PrefixRelease, []byte{}) {
		t.Fatal("equal content, other id")
	}
}
