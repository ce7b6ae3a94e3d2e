package sim

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"

	"boon/redeem"
)

// model puts the states and steps into porcupine's words.
var model = porcupine.Model{
	Init: func() any { return &state{} },
	Step: func(s, in, out any) (bool, any) {
		ok, next := s.(*state).step(*in.(*call), *out.(*answer))
		return ok, &next
	},
	Equal:             func(a, b any) bool { return a.(*state).equal(b.(*state)) },
	DescribeOperation: func(in, out any) string { return fmt.Sprintf("%s: %s", in.(*call), out.(*answer)) },
}

// patience bounds the search for an order of a history that has none.
const patience = 2 * time.Minute

// last reads everything at the end, when no call is under way.
func (w *world) last(ctx context.Context) error {
	return w.o.Books[0].View(ctx, func(tx redeem.Tx) error {
		for who := range profiles {
			a, err := readWallet(tx, who)
			if err != nil {
				return err
			}
			w.history = append(w.history, event{0, call{op: opWallet, who: who}, a, w.tick(), w.tick()})
		}
		for i := range budgetIDs {
			a, err := readBalances(tx, i)
			if err != nil {
				return err
			}
			w.history = append(w.history, event{0, call{op: opBalances, budget: i}, a, w.tick(), w.tick()})
		}
		return nil
	})
}

// linearizable looks for one order of all calls, each within its time, that the model agrees with.
func (w *world) linearizable(context.Context) error {
	all := make([]porcupine.Operation, len(w.history))
	for i := range w.history {
		e := &w.history[i]
		all[i] = porcupine.Operation{ClientId: e.client, Input: &e.in, Call: e.begin, Output: &e.out, Return: e.end}
	}
	switch result, info := porcupine.CheckOperationsVerbose(model, all, patience); result {
	case porcupine.Ok:
		return nil
	case porcupine.Unknown:
		return fmt.Errorf("no order of %d calls was found within %v", len(all), patience)
	default:
		return w.unexplained(info.PartialLinearizationsOperations())
	}
}

// unexplained names the first call that ends after the longest order that could be found, and is not in it.
func (w *world) unexplained(partial [][][]porcupine.Operation) error {
	var longest []porcupine.Operation
	for _, partition := range partial {
		for _, p := range partition {
			if len(p) > len(longest) {
				longest = p
			}
		}
	}
	explained := map[int64]bool{}
	for _, o := range longest {
		explained[o.Call] = true
	}
	left := slices.DeleteFunc(slices.Clone(w.history), func(e event) bool { return explained[e.begin] })
	slices.SortFunc(left, func(a, b event) int { return int(a.end - b.end) })
	if len(left) == 0 {
		return fmt.Errorf("the history is not linearizable")
	}
	e := left[0]
	return fmt.Errorf("the history is not linearizable: after %d of %d calls nothing justifies client %d's %s at %s: %s", len(longest), len(w.history), e.client, e.in,
		e.in.at.Format("02 15:04:05"), e.out)
}
