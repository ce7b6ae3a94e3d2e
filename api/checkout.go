package api

import (
	"cmp"
	"net/http"
	"slices"

	"boon"
	"boon/offer"
	"boon/redeem"
)

// useRequest holds a code against a cart.
type useRequest struct {
	Code    string         `json:"code,omitempty"`
	Codes   []string       `json:"codes,omitempty" doc:"several at once, instead of code; they are planned together (docs/stacking.md)"`
	Profile profileRequest `json:"profile,omitzero"`
	Cart    *cartRequest   `json:"cart"`
	OrderID string         `json:"orderId,omitempty"`
	DryRun  bool           `json:"dryRun,omitempty" doc:"of a reservation: answer, and keep nothing"`
}

// redeemRequest names a reservation, or says what a reservation would have been made with.
type redeemRequest struct {
	ReservationID string         `json:"reservationId,omitempty"`
	Code          string         `json:"code,omitempty"`
	Codes         []string       `json:"codes,omitempty" doc:"several at once, all or none"`
	Held          []string       `json:"reservationIds,omitempty" doc:"several at once, all or none"`
	Profile       profileRequest `json:"profile,omitzero"`
	Order         *cartRequest   `json:"order,omitempty" doc:"with its id"`
	Cart          *cartRequest   `json:"cart,omitempty" doc:"instead of order.lines"`
	OrderID       string         `json:"orderId,omitempty" doc:"instead of order.id"`
	DryRun        bool           `json:"dryRun,omitempty" doc:"answer, and keep nothing"`
}

// validate answers whether a code applies: a refusal is an answer here, not a problem.
func (s *server) validate(w http.ResponseWriter, r *http.Request, c caller) error {
	var in useRequest
	if err := readJSON(r, &in); err != nil {
		return err
	}
	owners, err := s.unlinked(c, in.Profile)
	if err != nil {
		return err
	}
	request, err := s.use(in, owners)
	if err != nil {
		return err
	}
	var out redeem.Validation
	err = s.guessEach(r, c, owners, request, func() (err error) {
		out, err = s.ports.Validator.Validate(r.Context(), request)
		return err
	}, func(i int) error { return saidOf(out, i) })
	if err != nil && out.Reason == "" {
		return err
	}
	return writeJSON(w, http.StatusOK, veiled(c, out))
}

// saidOf is what a validation says of one of its codes.
func saidOf(v redeem.Validation, i int) error {
	if len(v.Codes) > 0 {
		v = v.Codes[i].Validation
	}
	if v.Reason == "" {
		return nil
	}
	return &boon.Error{Reason: v.Reason, Detail: v.Detail}
}

// veiled: a browser is not told whether somebody else has a code.
func veiled(c caller, v redeem.Validation) redeem.Validation {
	if !c.isToken() {
		return v
	}
	if v.Reason == boon.ReasonWrongProfile {
		return redeem.UnknownCode()
	}
	for i := range v.Codes {
		v.Codes[i].Validation = veiled(c, v.Codes[i].Validation)
	}
	return v
}

// use reads a code and its cart.
func (s *server) use(in useRequest, owners []boon.Identifier) (redeem.Request, error) {
	if in.Code == "" && len(in.Codes) == 0 {
		return redeem.Request{}, boon.Invalid("code", "Give the code.")
	}
	if err := several("codes", in.Code, in.Codes); err != nil {
		return redeem.Request{}, err
	}
	if in.Cart == nil {
		return redeem.Request{}, boon.Invalid("cart", "Give the cart that the code is held against.")
	}
	order, err := in.Cart.order("cart", s.ports.Shop.Shop().Currency)
	if order.ID == "" {
		order.ID = in.OrderID
	}
	if err == nil {
		err = short("cart.id", order.ID, in.OrderID)
	}
	return redeem.Request{Code: in.Code, Codes: in.Codes, Owners: owners, Cart: order, OrderID: in.OrderID}, err
}

// maxCodes is how many codes one call may bring: as many as are planned exactly.
const maxCodes = 10

// several refuses a list beside a single one, one that is too long, and whatever stands in it twice or is empty.
func several(field, one string, all []string) error {
	switch {
	case len(all) > 0 && one != "":
		return boon.Invalid(field, "Give one or several, not both.")
	case len(all) > maxCodes:
		return boon.Invalid(field, "A call may bring %d of them.", maxCodes)
	}
	for i, x := range all {
		same := func(other string) bool { return offer.Normalise(other) == offer.Normalise(x) }
		if offer.Normalise(x) == "" || slices.ContainsFunc(all[:i], same) {
			return boon.Invalid(index(field, i), "It is empty, or stands here twice.")
		}
	}
	return nil
}

func (s *server) reserve(w http.ResponseWriter, r *http.Request, c caller) error {
	var in useRequest
	once, err := readOnce(r, c, &in)
	if err != nil {
		return err
	}
	owners, err := s.owners(r.Context(), c, in.Profile)
	if err != nil {
		return err
	}
	request, err := s.use(in, owners)
	if err != nil {
		return err
	}
	return s.guessCode(r, c, owners, request, func() error {
		made, err := s.ports.Checkout.Reserve(r.Context(), rehearsed(once, in.DryRun), request)
		return answerOnce(w, created(in.DryRun), made, err)
	})
}

// readOnce reads the body and the Idempotency-Key of a write.
func readOnce(r *http.Request, c caller, into any) (redeem.Once, error) {
	body, err := readBody(r, limitRequest)
	if err != nil {
		return redeem.Once{}, err
	}
	if err := decode(body, into); err != nil {
		return redeem.Once{}, err
	}
	return onceOf(r, c, body)
}

func answerOnce[T any](w http.ResponseWriter, status int, a Answer[T], err error) error {
	if err != nil {
		return err
	}
	markReplayed(w, a.Replayed)
	return writeJSON(w, status, a.Value)
}

func (s *server) release(w http.ResponseWriter, r *http.Request, c caller) error {
	once, err := onceOf(r, c, nil)
	if err != nil {
		return err
	}
	gone, err := s.ports.Checkout.Release(r.Context(), once, r.PathValue("id"))
	return answerOnce(w, http.StatusOK, Answer[releasedAnswer]{releasedAnswer{r.PathValue("id"), true}, gone.Replayed}, err)
}

func (s *server) redeem(w http.ResponseWriter, r *http.Request, c caller) error {
	var in redeemRequest
	once, err := readOnce(r, c, &in)
	if err != nil {
		return err
	}
	owners, err := s.owners(r.Context(), c, in.Profile)
	if err != nil {
		return err
	}
	request, err := s.redemption(in, owners)
	if err != nil {
		return err
	}
	return s.guessCode(r, c, owners, request, func() error {
		made, err := s.ports.Checkout.Redeem(r.Context(), rehearsed(once, in.DryRun), request)
		return answerOnce(w, created(in.DryRun), made, err)
	})
}

// redemption reads a reservation's id (its order may come along), or a code with an order that has an id.
func (s *server) redemption(in redeemRequest, owners []boon.Identifier) (redeem.Request, error) {
	out := redeem.Request{Code: in.Code, Codes: in.Codes, Reservation: in.ReservationID, Held: in.Held, Owners: owners, OrderID: in.OrderID}
	byCode, held := in.Code != "" || len(in.Codes) > 0, in.ReservationID != "" || len(in.Held) > 0
	if byCode == held {
		return out, boon.Invalid("reservationId", "Give either reservationId or code.")
	}
	if err := cmp.Or(several("codes", in.Code, in.Codes), several("reservationIds", in.ReservationID, in.Held)); err != nil {
		return out, err
	}
	cart, field := in.cart()
	if err := short("order.id", in.OrderID); err != nil {
		return out, err
	}
	if cart == nil {
		if byCode {
			return out, boon.Invalid("order", "Give the order that the code is redeemed for.")
		}
		out.Cart.ID = in.OrderID
		return out, nil
	}
	var err error
	if out.Cart, err = cart.order(field, s.ports.Shop.Shop().Currency); err != nil {
		return out, err
	}
	if out.Cart.ID == "" {
		out.Cart.ID = in.OrderID
	}
	if out.Cart.ID == "" && byCode {
		return out, boon.Invalid("order.id", "An order is redeemed once; give its id.")
	}
	return out, short("order.id", out.Cart.ID)
}

// cart is the order's own lines, else those of the cart under the order's id.
func (in redeemRequest) cart() (*cartRequest, string) {
	if in.Cart == nil || (in.Order != nil && len(in.Order.Lines) > 0) {
		return in.Order, "order"
	}
	whole := *in.Cart
	if in.Order != nil && in.Order.ID != "" {
		whole.ID = in.Order.ID
	}
	return &whole, "cart"
}

func (s *server) reverse(w http.ResponseWriter, r *http.Request, c caller) error {
	var in redeem.ReversalBody
	once, err := readOnce(r, c, &in)
	if err != nil {
		return err
	}
	for i, l := range in.Lines {
		if l.ID == "" && l.SKU == "" {
			return boon.Invalid(index("lines", i)+".id", "Name the line that comes back.")
		}
		if l.Quantity != nil && *l.Quantity <= 0 {
			return boon.Invalid(index("lines", i)+".quantity", "A quantity is above zero; without one the whole line comes back.")
		}
	}
	made, err := s.ports.Checkout.Reverse(r.Context(), rehearsed(once, in.DryRun), r.PathValue("id"), in)
	return answerOnce(w, created(in.DryRun), made, err)
}

func (s *server) draw(w http.ResponseWriter, r *http.Request, c caller) error {
	var in redeem.DrawBody
	once, err := readOnce(r, c, &in)
	if err != nil {
		return err
	}
	made, err := s.ports.Checkout.Draw(r.Context(), rehearsed(once, in.DryRun), r.PathValue("id"), in)
	return answerOnce(w, created(in.DryRun), made, err)
}

// rehearsed makes a dry run of a call: its key is not kept.
func rehearsed(once redeem.Once, dry bool) redeem.Once {
	if dry {
		return redeem.Once{Rehearse: true}
	}
	return once
}

func created(dry bool) int {
	if dry {
		return http.StatusOK
	}
	return http.StatusCreated
}

type releasedAnswer struct {
	ID       string `json:"id"`
	Released bool   `json:"released"`
}
