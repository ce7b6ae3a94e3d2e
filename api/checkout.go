package api

import (
	"net/http"

	"boon"
	"boon/redeem"
)

// useRequest holds a code against a cart.
type useRequest struct {
	Code    string         `json:"code"`
	Profile profileRequest `json:"profile,omitzero"`
	Cart    *cartRequest   `json:"cart"`
	OrderID string         `json:"orderId,omitempty"`
	DryRun  bool           `json:"dryRun,omitempty" doc:"of a reservation: answer, and keep nothing"`
}

// redeemRequest names a reservation, or says what a reservation would have been made with.
type redeemRequest struct {
	ReservationID string         `json:"reservationId,omitempty"`
	Code          string         `json:"code,omitempty"`
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
	err = s.guess(r, c, owners, in.Code, func() (err error) {
		if out, err = s.ports.Validator.Validate(r.Context(), request); err == nil && out.Reason != "" {
			return &boon.Error{Reason: out.Reason, Detail: out.Detail}
		}
		return err
	})
	if err != nil && out.Reason == "" {
		return err
	}
	if c.isToken() && out.Reason == boon.ReasonWrongProfile { // a browser is not told whether somebody else has the code
		out = redeem.UnknownCode()
	}
	return writeJSON(w, http.StatusOK, out)
}

// use reads a code and its cart.
func (s *server) use(in useRequest, owners []boon.Identifier) (redeem.Request, error) {
	if in.Code == "" {
		return redeem.Request{}, boon.Invalid("code", "Give the code.")
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
	return redeem.Request{Code: in.Code, Owners: owners, Cart: order, OrderID: in.OrderID}, err
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
	return s.guess(r, c, owners, in.Code, func() error {
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
	try := func() error {
		made, err := s.ports.Checkout.Redeem(r.Context(), rehearsed(once, in.DryRun), request)
		return answerOnce(w, created(in.DryRun), made, err)
	}
	if in.Code == "" {
		return try()
	}
	return s.guess(r, c, owners, in.Code, try)
}

// redemption reads a reservation's id (its order may come along), or a code with an order that has an id.
func (s *server) redemption(in redeemRequest, owners []boon.Identifier) (redeem.Request, error) {
	out := redeem.Request{Code: in.Code, Reservation: in.ReservationID, Owners: owners, OrderID: in.OrderID}
	if (in.Code == "") == (in.ReservationID == "") {
		return out, boon.Invalid("reservationId", "Give either reservationId or code.")
	}
	cart, field := in.cart()
	if err := short("order.id", in.OrderID); err != nil {
		return out, err
	}
	if cart == nil {
		if in.ReservationID == "" {
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
	if out.Cart.ID == "" && in.ReservationID == "" {
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
