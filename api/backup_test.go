package api

import (
	"errors"
	"net/http"
	"testing"

	"boon"
)

// A backup is everything: only a key of all scopes opens it.
func TestBackup(t *testing.T) {
	h := newEngine().handler()
	w := call(t, h, "GET", "/v1/backup?without-key=1", fullKey, "")
	wantStatus(t, w, 200)
	if w.Body.String() != "an archive, without key: true" || w.Header().Get("Content-Type") != "application/zstd" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
	wantStatus(t, call(t, h, "GET", "/v1/backup?without-key=maybe", fullKey, ""), 400)
	for key, want := range map[string]int{readKey: 403, browseKey: 403, "": 401} {
		wantStatus(t, call(t, h, "GET", "/v1/backup", key, ""), want)
	}
}

// What fails before the first byte is a problem document; what fails later must not look whole.
func TestBackupThatFails(t *testing.T) {
	e := newEngine()
	h := e.handler()
	e.err = boon.Refuse(boon.ReasonUnavailable, "a backup is being taken already")
	if p := problemIn(t, call(t, h, "GET", "/v1/backup", fullKey, "")); p.Status != 503 {
		t.Errorf("%+v", p)
	}
	defer func() {
		if cause := recover(); cause != http.ErrAbortHandler { //nolint:errorlint // net/http compares so
			t.Errorf("ended with %v: the answer looks whole", cause)
		}
	}()
	e.err, e.half = errors.New("the disk is gone"), true
	call(t, h, "GET", "/v1/backup", fullKey, "")
}
