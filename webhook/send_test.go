package webhook

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// Everything that a receiver checks is signed.
func TestASignatureCoversAll(t *testing.T) {
	secret := []byte{0x31, 0xf2, 0xa0, 0xa6, 0x41, 0x5e, 0x0c, 0x1d, 0x63, 0xa5, 0x9d, 0x4e, 0x6b, 0xe8, 0x61, 0xb4, 0x14, 0x9e, 0x3f, 0x4b, 0x71, 0xd5, 0x5c, 0x9f}
	a := Sign(secret, "msg_1", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if a != Sign(secret, "msg_1", time.Unix(1614265330, 999), []byte(`{"test": 2432232314}`)) {
		t.Error("a signature is of whole seconds")
	}
	for _, other := range []string{
		Sign(secret[1:], "msg_1", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`)),
		Sign(secret, "msg_2", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`)),
		Sign(secret, "msg_1", time.Unix(1614265331, 0), []byte(`{"test": 2432232314}`)),
		Sign(secret, "msg_1", time.Unix(1614265330, 0), []byte(`{"test": 2432232315}`)),
	} {
		if other == a {
			t.Error("secret, id, time and body are all signed")
		}
	}
}

func TestOnlySuccessIsADelivery(t *testing.T) {
	for status, delivered := range map[int]bool{200: true, 204: true, 302: false, 400: false, 410: false, 500: false} {
		hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(status)
		}))
		err := NewSender([]byte("s")).Send(t.Context(), hook.URL, Message{"alm_1", []byte("{}")}, time.Unix(1, 0))
		if (err == nil) != delivered {
			t.Errorf("%d: %v", status, err)
		}
		hook.Close()
	}
}
