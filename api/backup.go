package api

import (
	"net/http"
	"time"

	"boon"
)

type backupBody struct{}

// stream is an answer of any length: it is given up when its reader takes nothing for a minute, however long the whole lasts.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	began   bool
}

const streamPatience = time.Minute

// Write implements io.Writer.
func (s *stream) Write(p []byte) (int, error) {
	if !s.began {
		s.began = true
		s.w.Header().Set("Content-Type", "application/zstd")
		s.w.Header().Set("Content-Disposition", `attachment; filename="boon-backup.tar.zst"`)
		s.w.Header().Set("Cache-Control", "no-store")
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(streamPatience)) // where it is not supported there is none to pass
	return s.w.Write(p)
}

// backup streams the whole engine. It holds every secret there is, so it takes a key that may do everything.
func (s *server) backup(w http.ResponseWriter, r *http.Request, c caller) error {
	for _, scope := range Scopes() {
		if err := permit(c, scope); err != nil {
			return boon.Refuse(boon.ReasonForbidden, "A backup holds everything: it takes a key of all scopes.")
		}
	}
	without, err := switched(r, "without-key")
	if err != nil {
		return err
	}
	out := &stream{w: w, control: http.NewResponseController(w)}
	err = s.ports.Operations.Backup(r.Context(), out, without)
	if err != nil && out.began {
		s.log.Error("a backup was cut off", "error", err)
		panic(http.ErrAbortHandler) // the reader must not take what it has for the whole
	}
	if err == nil {
		s.log.Info("a backup was taken", "key", c.Name)
	}
	return err
}
