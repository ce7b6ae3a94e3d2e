package trigger

import (
	"fmt"
	"time"

	"boon"
)

// Check refuses what no sequence of events could complete, or no memory could hold. The error is a refusal whose field is the path of the part
// at fault within the trigger.
func Check(t boon.Trigger) error {
	if t.Cooldown < 0 {
		return boon.Invalid("cooldown", "it must not be negative")
	}
	if t.Use != "" {
		return checkReady(t)
	}
	if t.With != (boon.Parameters{}) {
		return boon.Invalid("with", "it adapts a ready-made pattern; name one in use")
	}
	return checkPattern(t.When)
}

func checkPattern(w boon.Pattern) error {
	for _, check := range []func(boon.Pattern) error{checkBeginning, checkSequence, checkCount, checkAbsence} {
		if err := check(w); err != nil {
			return err
		}
	}
	return nil
}

// checkBeginning sees to it that a pattern begins in one way.
func checkBeginning(w boon.Pattern) error {
	ways := 0
	for _, given := range []bool{w.Event != "", len(w.Any) > 0, len(w.Sequence) > 0} {
		if given {
			ways++
		}
	}
	switch {
	case ways == 0:
		return boon.Invalid("when.event", "the name of an event is missing; a pattern begins with event, any or sequence")
	case ways > 1:
		return boon.Invalid("when", "a pattern begins with event, with any or with sequence, not with two of them")
	case w.Where != "" && w.Event == "":
		return boon.Invalid("when.where", "it stands beside event; give each event of a list a where of its own")
	}
	if err := checkSteps("when.any", w.Any); err != nil {
		return err
	}
	return checkSteps("when.sequence", w.Sequence)
}

func checkSteps(at string, list []boon.Step) error {
	if len(list) > maxSteps {
		return boon.Invalid(at, "at most %d events can be named, these are %d", maxSteps, len(list))
	}
	for i, s := range list {
		if s.Event == "" {
			return boon.Invalid(fmt.Sprintf("%s[%d].event", at, i), "the name of an event is missing")
		}
	}
	return nil
}

func checkSequence(w boon.Pattern) error {
	switch {
	case len(w.Sequence) == 0:
		return nil
	case len(w.Sequence) == 1:
		return boon.Invalid("when.sequence", "a sequence has two events or more")
	case w.Count > 1:
		return boon.Invalid("when.count", "a sequence is not counted")
	case w.Apart != 0:
		return boon.Invalid("when.apart", "it belongs to a count; the events of a sequence may come at once")
	case w.Within <= 0:
		return boon.Invalid("when.sequence", "a sequence needs within: the window that holds all of it")
	}
	return nil
}

func checkCount(w boon.Pattern) error {
	switch {
	case len(w.Sequence) > 0:
		return nil
	case w.Count <= 1 && w.Within > 0:
		return boon.Invalid("when.within", "a window needs a count of 2 or more, or a sequence")
	case w.Count <= 1 && w.Apart > 0:
		return boon.Invalid("when.apart", "it needs a count of 2 or more")
	case w.Count <= 1:
		return nil
	case w.Count > maxHits:
		return boon.Invalid("when.count", "at most %d can be counted, %d are asked for", maxHits, w.Count)
	case w.Within <= 0:
		return boon.Invalid("when.count", "a count needs within: the window in which it is counted")
	case w.Apart < 0:
		return boon.Invalid("when.apart", "it must not be negative")
	case w.Apart > w.Within/time.Duration(w.Count-1):
		return boon.Invalid("when.apart", "%d events this far apart do not fit into the window", w.Count)
	}
	return nil
}

func checkAbsence(w boon.Pattern) error {
	a := w.Absent
	switch {
	case a == nil:
		return nil
	case a.Event == "" && len(a.Any) == 0:
		return boon.Invalid("when.absent.event", "the name of an event is missing")
	case a.Event != "" && len(a.Any) > 0:
		return boon.Invalid("when.absent.any", "an absence is of one event or of any of several; give event or any")
	case a.Where != "" && a.Event == "":
		return boon.Invalid("when.absent.where", "it stands beside event; give each event of a list a where of its own")
	case a.For < 0 || a.Cycles < 0:
		return boon.Invalid("when.absent", "it must be longer than nothing")
	case (a.For > 0) == (a.Cycles > 0):
		return boon.Invalid("when.absent", "it needs for or cycles, one of the two: how long nothing has followed")
	}
	return checkSteps("when.absent.any", a.Any)
}
