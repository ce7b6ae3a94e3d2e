package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"boon"
	"boon/redeem"
)

// op is a kind of call.
type op string

const (
	opIssue    op = "issue"
	opRedeem   op = "redeem"
	opReserve  op = "reserve"
	opValidate op = "validate"
	opUseHeld  op = "redeem held"
	opRelease  op = "release"
	opReverse  op = "reverse"
	opSave     op = "save"
	opRevoke   op = "revoke"
	opSweep    op = "sweep"
	opApply    op = "apply"
	opWallet   op = "wallet"
	opBalances op = "balances"
)

// call is what is asked: the input of the model.
type call struct {
	op     op
	at     time.Time // by the clock of the process that answers
	key    string    // Idempotency-Key
	body   string    // what is digested with it
	offer  int       // of a public code, or to issue
	grant  string    // private code, save, revoke, issue: the grant
	code   string    // as the shopper writes it
	hold   string    // reservation
	use    string    // redemption to reverse
	whole  bool      // reverse all of it
	who    int       // profile
	device int       // of the profile's two
	order  string
	budget int

	orders []call // apply: from the mark on, as delivered
	from   int
}

// answer is what came of it: the output of the model. Of a refusal only the reason counts.
type answer struct {
	reason    boon.Reason
	id, grant string
	amount    int64
	n         int // swept; -1: not learnt
	wallet    []holding
	balances  [4]int64 // available, committed, reserved, overrun
	settled   []settled
}

// holding is a grant as a wallet shows it.
type holding struct {
	id    string
	state boon.GrantState
	uses  int64
	held  int64
}

// settled is what one delivered order did.
type settled struct {
	repeated  bool
	id, grant string // "": nothing was redeemed
	amount    int64
}

func (k call) String() string {
	text := string(k.op)
	for _, s := range []string{k.code, k.grant, k.hold, k.use, k.order, k.key} {
		if s != "" {
			text += " " + s
		}
	}
	return text
}

func (a answer) String() string {
	if a.reason != "" {
		return string(a.reason)
	}
	if a.id != "" || a.grant != "" {
		return fmt.Sprintf("done %s %s %d", a.id, a.grant, a.amount)
	}
	if len(a.wallet) > 0 || len(a.settled) > 0 {
		return fmt.Sprintf("done %v%v", a.wallet, a.settled)
	}
	return fmt.Sprint("done ", a.balances)
}

func (k call) request() redeem.Request {
	return redeem.Request{Code: k.code, Reservation: k.hold, Owners: owners(k.who, k.device), Named: []boon.Identifier{device(k.who)}, OrderID: k.order, Cart: basket(k.order)}
}

func (k call) once() redeem.Once { return redeem.OnceFor(k.key, []byte(k.body)) }

// ask makes a keyed call and reads its answer, or, when it was not learnt, the one that was stored with the effect.
func ask[A any](c *client, read func(A) answer, do func() (A, error)) (answer, error) {
	got, err := do()
	var refused *boon.Error
	switch {
	case err == nil:
		return read(got), nil
	case errors.As(err, &refused):
		return answer{reason: refused.Reason}, nil
	case c.kept == nil || !c.committed:
		return answer{}, err
	case c.kept.Refusal != "":
		return answer{reason: c.kept.Refusal}, err
	}
	if broken := json.Unmarshal(c.kept.Body, &got); broken != nil {
		return answer{}, broken
	}
	return read(got), err
}

// do makes the call at a process. With an error that says that the outcome was not learnt, the answer is what came of it if it was committed.
func (c *client) do(ctx context.Context, p *process, k *call) (answer, error) {
	t := p.teller
	switch k.op {
	case opRedeem, opUseHeld:
		r := k.request()
		if k.op == opUseHeld {
			r = redeem.Request{Reservation: k.hold}
		}
		return ask(c, readRedeemed, func() (redeem.Redeemed, error) { return t.Redeem(ctx, k.once(), r, k.at) })
	case opReserve:
		return ask(c, readReserved, func() (redeem.Reserved, error) { return t.Reserve(ctx, k.once(), k.request(), k.at) })
	case opRelease:
		return ask(c, readNothing, func() (struct{}, error) { return struct{}{}, t.Release(ctx, k.once(), k.hold, k.at) })
	case opReverse:
		return ask(c, readReversed, func() (redeem.Reversed, error) { return t.Reverse(ctx, k.once(), k.use, k.returned(), k.at) })
	case opSave:
		return ask(c, readGrant, func() (boon.Grant, error) { return t.Save(ctx, k.once(), k.grant, nil, k.at) })
	case opRevoke:
		return ask(c, readGrant, func() (boon.Grant, error) { return t.Revoke(ctx, k.once(), k.grant, k.at) })
	case opValidate:
		return c.validate(ctx, p, k)
	case opIssue:
		return c.issue(ctx, p, k)
	case opSweep:
		n, err := t.Sweep(ctx, k.at)
		if err != nil {
			n = -1
		}
		return answer{n: n}, err
	case opApply:
		return c.apply(ctx, p, k)
	case opWallet:
		return c.wallet(ctx, p, k)
	}
	return c.balances(ctx, p, k)
}

func readRedeemed(r redeem.Redeemed) answer {
	return answer{id: r.ID, grant: r.GrantID, amount: r.Discount.Minor}
}

func readReserved(r redeem.Reserved) answer {
	return answer{id: r.ID, grant: r.GrantID, amount: r.Discount.Minor}
}

func readReversed(r redeem.Reversed) answer { return answer{id: r.ID, amount: r.Amount.Minor} }
func readGrant(g boon.Grant) answer         { return answer{grant: g.ID} }
func readNothing(struct{}) answer           { return answer{} }

func (k call) returned() redeem.ReversalBody {
	body := redeem.ReversalBody{Reason: "return"}
	if !k.whole {
		body.Lines = []redeem.LineReturn{{ID: "l1", Quantity: new(int64(1))}}
	}
	return body
}

// refusedOr turns a refusal into an answer.
func refusedOr(a answer, err error) (answer, error) {
	var refused *boon.Error
	if errors.As(err, &refused) {
		return answer{reason: refused.Reason}, nil
	}
	return a, err
}

func (c *client) validate(ctx context.Context, p *process, k *call) (answer, error) {
	v, err := p.teller.Validate(ctx, k.request(), k.at)
	if err != nil {
		return answer{}, err
	}
	a := answer{reason: v.Reason, grant: v.GrantID}
	if v.Valid {
		a.amount = v.Discount.Minor
	}
	return a, nil
}

func (c *client) issue(ctx context.Context, p *process, k *call) (a answer, err error) {
	o, _ := p.desk.Terms.Offer("", offers[k.offer].id)
	g := boon.Grant{ID: k.grant, Owner: shopper(k.who, k.device), Level: o.Reward.Levels[0], Release: "rel_sim"}
	err = p.port.Update(ctx, func(tx redeem.Tx) error {
		g, err := p.desk.Issue(tx, g, o, owners(k.who, k.device), k.at, device(k.who))
		a = answer{grant: g.ID, id: g.Code}
		return err
	})
	return refusedOr(a, err)
}

// apply settles what the log holds past the mark, in one update with the mark. When the update's outcome is not learnt, the log delivers again from
// the mark that the book has, as after a crash.
func (c *client) apply(ctx context.Context, p *process, k *call) (a answer, err error) {
	err = p.port.Update(ctx, func(tx redeem.Tx) error {
		at, err := tx.Mark(0)
		if err != nil {
			return err
		}
		k.from, k.orders, a = int(at), c.world.log[at:], answer{}
		for _, o := range k.orders {
			order := basket(o.order)
			order.Coupons = []string{o.code}
			s, err := p.desk.Settle(tx, owners(o.who, o.device), order, k.at)
			if err != nil {
				return err
			}
			one := settled{repeated: s.Repeated}
			for _, r := range s.Redemptions {
				one.id, one.grant, one.amount = r.ID, r.Grant, r.Discount
			}
			a.settled = append(a.settled, one)
		}
		return tx.SetMark(0, boon.Position(int(at)+len(k.orders)))
	})
	return refusedOr(a, err)
}

func (c *client) wallet(ctx context.Context, p *process, k *call) (a answer, err error) {
	err = p.port.View(ctx, func(tx redeem.Tx) (err error) {
		a, err = readWallet(tx, k.who)
		return err
	})
	return a, err
}

func readWallet(tx redeem.Tx, profile int) (a answer, err error) {
	all, err := tx.Owned(owners(profile, 0))
	for _, g := range all {
		a.wallet = append(a.wallet, holding{g.ID, g.State, g.Uses, g.Committed})
	}
	return a, err
}

func (c *client) balances(ctx context.Context, p *process, k *call) (a answer, err error) {
	err = p.port.View(ctx, func(tx redeem.Tx) (err error) {
		a, err = readBalances(tx, k.budget)
		return err
	})
	return a, err
}

func readBalances(tx redeem.Tx, budget int) (a answer, err error) {
	for i, kind := range []boon.AccountKind{boon.AccountAvailable, boon.AccountCommitted, boon.AccountReserved, boon.AccountOverrun} {
		if a.balances[i], err = tx.Balance(boon.Account{Budget: budgetIDs[budget], Currency: "EUR", Kind: kind}); err != nil {
			return a, err
		}
	}
	return a, nil
}
