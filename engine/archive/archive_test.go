package archive_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"boon/engine/archive"
)

// whole makes an archive of two files.
func whole(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"a": strings.Repeat("the ledger ", 1000), "b": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	w, err := archive.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Add("ledger.db", filepath.Join(dir, "a")), w.Add("log/000001.sst", filepath.Join(dir, "b")), w.Close(archive.Manifest{Position: 7, Key: true})); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(data []byte) (archive.Manifest, map[string]string, error) {
	files := map[string]string{}
	m, err := archive.Read(bytes.NewReader(data), func(name string, content io.Reader) error {
		text, err := io.ReadAll(content)
		files[name] = string(text)
		return err
	})
	return m, files, err
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	m, files, err := read(whole(t))
	if err != nil {
		t.Fatal(err)
	}
	if m.Position != 7 || !m.Key || m.Format != archive.Format || len(m.Parts) != 2 || m.Parts[0].Size != 11000 {
		t.Errorf("manifest %+v", m)
	}
	if len(files) != 2 || files["ledger.db"] != strings.Repeat("the ledger ", 1000) || files["log/000001.sst"] != "" {
		t.Errorf("%d files", len(files))
	}
}

func TestCutShort(t *testing.T) {
	data := whole(t)
	for n := range data {
		if _, _, err := read(data[:n]); err == nil {
			t.Fatalf("cut to %d of %d bytes, it is taken for whole", n, len(data))
		}
	}
}

func TestEveryChangedBitIsSeen(t *testing.T) {
	data := whole(t)
	want, files, _ := read(data)
	for bit := range 8 * len(data) {
		changed := bytes.Clone(data)
		changed[bit/8] ^= 1 << (bit % 8)
		m, got, err := read(changed)
		if err == nil && (m.Position != want.Position || got["ledger.db"] != files["ledger.db"]) {
			t.Fatalf("bit %d changed and another content was taken", bit)
		}
	}
}

func TestWhatCannotBeKeptIsSaid(t *testing.T) {
	full := errors.New("disk full")
	_, err := archive.Read(bytes.NewReader(whole(t)), func(string, io.Reader) error { return full })
	if !errors.Is(err, full) || errors.Is(err, archive.ErrDamaged) {
		t.Errorf("%v: the backup is blamed for the disk", err)
	}
	if _, _, err := read([]byte("a text")); err == nil {
		t.Error("a text was taken for a backup")
	}
}
