package journal

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"time"

	"boon"
)

// table writes CSV (RFC 4180) with a row a posting; an entry that moves no money has one row without budget, account and amount.
type table struct {
	text
	rows *csv.Writer
}

var columns = []string{"seq", "date", "entry", "at", "transition", "grant", "order", "adjusts", "budget", "account", "amount", "currency"}

func newTable(t text) *table {
	w := &table{t, csv.NewWriter(t.out)}
	_ = w.rows.Write(columns) // told by Close
	return w
}

// Entry implements Writer.
func (t *table) Entry(e Entry) error {
	row := []string{strconv.FormatInt(e.Seq, 10), Day(e.At, t.zone), e.ID, e.At.UTC().Format(time.RFC3339Nano), e.Transition, e.Grant, e.OrderID, ""}
	if !e.Adjusts.IsZero() {
		row[7] = e.Adjusts.UTC().Format(time.RFC3339Nano)
	}
	if len(e.Postings) == 0 {
		return t.write(append(row, "", "", "", ""))
	}
	for _, p := range e.Postings {
		sum := boon.Money{Minor: p.Minor, Currency: p.Account.Currency}.Text()
		if err := t.write(append(row[:8:8], p.Account.Budget, string(p.Account.Kind), sum, string(p.Account.Currency))); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) write(row []string) error {
	if err := t.rows.Write(row); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return nil
}

// Close implements Writer.
func (t *table) Close() error {
	t.rows.Flush()
	if err := t.rows.Error(); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return t.text.Close()
}
