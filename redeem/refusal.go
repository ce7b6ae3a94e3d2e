package redeem

import (
	"errors"

	"boon"
)

// refusal is the *boon.Error within err, if it is one.
func refusal(err error) (*boon.Error, bool) {
	var refused *boon.Error
	ok := errors.As(err, &refused)
	return refused, ok
}

// broken passes on what is no refusal: what can be tried again is none either, and must not be kept as the answer to a key.
func broken(err error) error {
	if e, ok := refusal(err); ok && e.Reason != boon.ReasonUnavailable {
		return nil
	}
	return err
}

func refusedAs(err error, reason boon.Reason) bool {
	e, ok := refusal(err)
	return ok && e.Reason == reason
}
