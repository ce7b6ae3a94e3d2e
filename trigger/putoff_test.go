package trigger

import (
	"testing"
	"time"

	"boon"
)

// What quiet hours put off fires then and once, unless it is taken back; a cooldown begins when an absence fires, and when another pattern did.
func TestPutOff(t *testing.T) {
	morning := noon.Add(12 * time.Hour)
	due := noon.Add(45 * time.Minute)
	back := boon.Trigger{ID: "back", Use: boon.UseBackInStock}
	fires := func(m *Machine, id string, at time.Time, mem *Memory) bool {
		fire, _ := m.Due(id, at, true, mem)
		return fire
	}
	t.Run("an absence", func(t *testing.T) {
		m := machine(t, with(abandoned, func(t *boon.Trigger) { t.Cooldown = 24 * time.Hour }))
		var mem Memory
		match(t, m, boon.ProductAdded, noon, &mem)
		if m.PutOff("abandoned", due.Add(1), morning, &mem) || !m.PutOff("abandoned", due, morning, &mem) {
			t.Fatal("only the timer that is armed is put off")
		}
		if fires(m, "abandoned", due, &mem) || !fires(m, "abandoned", morning, &mem) || fires(m, "abandoned", morning, &mem) {
			t.Error("it fires once, in the morning")
		}
		match(t, m, boon.ProductAdded, morning.Add(time.Hour), &mem)
		if again := morning.Add(time.Hour + 45*time.Minute); m.PutOff("abandoned", again, again.Add(30*time.Hour), &mem) {
			t.Error("a wait that ends within the cooldown is lost, and not put off past it")
		}
	})
	t.Run("an absence that ends", func(t *testing.T) {
		m := machine(t, abandoned)
		var mem Memory
		match(t, m, boon.ProductAdded, noon, &mem)
		m.PutOff("abandoned", due, morning, &mem)
		match(t, m, boon.OrderCompleted, noon.Add(time.Minute), &mem) // told late
		if fires(m, "abandoned", morning, &mem) {
			t.Error("who ordered is called back")
		}
	})
	t.Run("an event", func(t *testing.T) {
		m := machine(t, back)
		var mem Memory
		m.PutOff("back", noon, morning, &mem)
		m.PutOff("back", noon.Add(time.Hour), morning.Add(time.Minute), &mem)
		if fires(m, "back", morning, &mem) {
			t.Error("the later one takes its place")
		}
		if fire, _ := m.Due("back", morning.Add(time.Minute), false, &mem); fire {
			t.Error("a timer of another release fires what waits for nothing")
		}
		m.PutOff("back", noon, morning, &mem)
		if !fires(m, "back", morning, &mem) || fires(m, "back", morning, &mem) {
			t.Error("it fires once, in the morning")
		}
	})
	if m := machine(t, abandoned); m.PutOff("unknown", noon, morning, &Memory{}) {
		t.Error("a trigger that there is not was put off")
	}
}

func TestWhoDefers(t *testing.T) {
	for want, triggers := range map[bool][]boon.Trigger{
		true:  {abandoned, {Use: boon.UseBackInStock}, {Use: boon.UseLapsing}, with(checkout, func(t *boon.Trigger) { t.Quiet = boon.QuietDefer })},
		false: {checkout, second, {Use: boon.UseExitIntent}, with(abandoned, func(t *boon.Trigger) { t.Quiet = boon.QuietDrop })},
	} {
		for _, x := range triggers {
			if Defers(x) != want {
				t.Errorf("%+v defers: %v", x, !want)
			}
		}
	}
}
