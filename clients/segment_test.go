package clients_test

import (
	"fmt"
	"log"
	"strings"
	"sync"
	"testing"
	"time"

	"gopkg.in/segmentio/analytics-go.v3"
)

func TestSegmentGoDelivers(t *testing.T) {
	url, writeKey := start(t)
	receipts := deliverByGo(t, url, writeKey, goMessages())
	if len(receipts.failed) > 0 {
		t.Fatalf("refused: %v", receipts.failed)
	}
	if want := len(goMessages()); receipts.delivered != want {
		t.Fatalf("delivered %d messages, want %d", receipts.delivered, want)
	}
}

func TestSegmentGoReportsAWrongKey(t *testing.T) {
	url, _ := start(t)
	receipts := deliverByGo(t, url, "not-a-key", goMessages()[:1])
	if receipts.delivered != 0 || len(receipts.failed) != 1 || !strings.Contains(receipts.failed[0], "401") {
		t.Fatalf("delivered %d, refused %v, want one 401", receipts.delivered, receipts.failed)
	}
}

func TestSegmentNodeDelivers(t *testing.T) {
	url, writeKey := start(t)
	runNode(t, "segment-node", "BOON_URL="+url, "BOON_WRITE_KEY="+writeKey)
}

// receipts collects what the client says became of each message.
type receipts struct {
	mu        sync.Mutex
	delivered int
	failed    []string
}

func (r *receipts) Success(analytics.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delivered++
}

func (r *receipts) Failure(m analytics.Message, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = append(r.failed, fmt.Sprintf("%T: %v", m, err))
}

func deliverByGo(t *testing.T, url, writeKey string, messages []analytics.Message) *receipts {
	t.Helper()
	var got receipts
	client, err := analytics.NewWithConfig(writeKey, analytics.Config{
		Endpoint:   url,
		BatchSize:  5,
		Interval:   time.Hour, // only a full batch and Close flush
		Callback:   &got,
		Logger:     analytics.StdLogger(log.New(t.Output(), "", 0)),
		RetryAfter: func(int) time.Duration { return 0 },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if err := client.Enqueue(m); err != nil {
			t.Fatalf("enqueue %T: %v", m, err)
		}
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	return &got
}

// goMessages is every kind of call, and more tracks than one batch holds.
func goMessages() []analytics.Message {
	messages := []analytics.Message{
		analytics.Identify{UserId: "go-1", AnonymousId: "go-cookie-1", Traits: analytics.NewTraits().SetEmail("go@example.com")},
		analytics.Track{UserId: "go-1", Event: "Order Completed", Properties: analytics.NewProperties().
			SetOrderId("go-order-1").SetCurrency("USD").SetTotal(20.75).
			SetProducts(analytics.Product{ID: "A1", SKU: "A1", Price: 20.75})},
		analytics.Page{AnonymousId: "go-cookie-1", Name: "Home"},
		analytics.Screen{AnonymousId: "go-cookie-1", Name: "Cart"},
		analytics.Group{UserId: "go-1", GroupId: "club"},
		analytics.Alias{UserId: "go-1", PreviousId: "go-cookie-2"},
	}
	for i := range 12 {
		messages = append(messages, analytics.Track{
			UserId: "go-2", Event: "Product Added",
			Properties: analytics.NewProperties().SetSKU(fmt.Sprintf("B%d", i)).Set("quantity", 1),
		})
	}
	return messages
}
