package engine

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"boon"
	"boon/ingest"
)

// keyUnfit holds parked calls that could not be taken to the log, under the numbers that they waited with: number -> unfit.
const keyUnfit = 'h'

// unfit is such a call. What it says stays sealed, and is read again whenever it is asked for.
type unfit struct {
	At    time.Time `json:"at"`    // of the last attempt
	Cause string    `json:"cause"` // of its failure
	Call  []byte    `json:"call"`  // as it was parked
}

func unfitKey(number uint64) []byte { return binary.BigEndian.AppendUint64([]byte{keyUnfit}, number) }

// readUnfit reads an older record too: it is the call alone.
func readUnfit(value []byte) unfit {
	var u unfit
	if json.Unmarshal(value, &u) != nil {
		return unfit{Cause: "unknown: an earlier version set it aside", Call: bytes.Clone(value)}
	}
	return u
}

// unfitNow is the record of an attempt that failed now.
func (e *Engine) unfitNow(number uint64, sealed []byte, cause error) (boon.Write, error) {
	body, err := json.Marshal(unfit{At: e.config.Now().UTC(), Cause: cause.Error(), Call: sealed})
	if err != nil {
		return boon.Write{}, fmt.Errorf("encode parked events: %w", err)
	}
	return boon.Write{Key: unfitKey(number), Value: body}, nil
}

// setParkedAside keeps a call that cannot be taken to the log apart, so that those behind it are. An error is one of the log or the system of record.
func (e *Engine) setParkedAside(ctx context.Context, key, sealed []byte, cause error) error {
	if !e.faulty(ctx, cause) {
		return cause
	}
	number := numberOf(key)
	record, err := e.unfitNow(number, sealed, cause)
	if err != nil {
		return err
	}
	if err := e.alarmUnfit(ctx, e.unfitStanding(number, readUnfit(record.Value))); err != nil {
		return err
	}
	if err := e.store.Commit(ctx, []boon.Write{{Key: key}, record}, true); err != nil {
		return fmt.Errorf("set parked events aside: %w", err)
	}
	return nil
}

func (e *Engine) alarmUnfit(ctx context.Context, s ingest.Standing) error {
	number := strconv.FormatUint(uint64(s.Position), 10)
	e.config.Log.Error("events that came in an outage cannot be taken to the log and are set aside", "number", number, "messageId", s.MessageID, "error", s.Cause)
	what := named(s.Aside)
	if s.More > 0 {
		what += fmt.Sprintf(", with %d more events of its call,", s.More)
	}
	detail := fmt.Sprintf("%s came while the system of record was away, could not be taken to the log and counts for nothing. Once the cause is mended, try it again: boon events retry %s. %s", what, number, s.Cause)
	figures := map[string]string{"number": number, "event": s.Event, "messageId": s.MessageID, "order": s.Order}
	return e.alarmAside(ctx, "parked events "+number, detail, figures)
}

// unfitStandings lists what is set aside so, in the order of its coming.
func (e *Engine) unfitStandings(ctx context.Context) (all []ingest.Standing, err error) {
	err = e.store.Scan(ctx, []byte{keyUnfit}, nil, func(key, value []byte) bool {
		all = append(all, e.unfitStanding(numberOf(key), readUnfit(value)))
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("read parked events that are set aside: %w", err)
	}
	return all, nil
}

func (e *Engine) unfitStanding(number uint64, u unfit) ingest.Standing {
	s := ingest.Standing{Outage: true}
	if p, err := e.openParked(u.Call); err == nil {
		s.Aside, s.More = p.Names()
	}
	s.Position, s.At, s.Cause = boon.Position(number), u.At, u.Cause
	return s
}

// retryUnfit takes such a call to the log, and drops it in the batch that appends it, so that it gets there once; or notes why it still cannot be taken.
func (e *Engine) retryUnfit(ctx context.Context, s *ingest.Standing) error {
	key := unfitKey(uint64(s.Position))
	value, err := e.store.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("read parked events that are set aside: %w", err)
	}
	sealed := readUnfit(value).Call
	cause := e.unparkOne(ctx, key, sealed)
	if cause == nil {
		s.Waiting = true
		return nil
	}
	if !e.faulty(ctx, cause) {
		return cause
	}
	record, err := e.unfitNow(uint64(s.Position), sealed, cause)
	if err != nil {
		return err
	}
	*s = e.unfitStanding(uint64(s.Position), readUnfit(record.Value))
	if err := e.store.Commit(ctx, []boon.Write{record}, true); err != nil {
		return fmt.Errorf("note why parked events stay aside: %w", err)
	}
	return nil
}
