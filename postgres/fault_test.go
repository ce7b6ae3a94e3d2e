package postgres

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"boon"
)

// A database that gave no answer in time is away, as one that is gone; a caller who went says nothing of it.
func TestNoAnswerInTimeIsAway(t *testing.T) {
	for cause, away := range map[error]bool{context.DeadlineExceeded: true, context.Canceled: false, errors.New("a defect"): false} {
		if got := errors.Is(unavailable(fmt.Errorf("read: %w", cause)), boon.Refusal(boon.ReasonUnavailable)); got != away {
			t.Errorf("%v: away %v", cause, got)
		}
	}
}
