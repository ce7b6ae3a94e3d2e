package archive

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

// Writer writes one archive.
type Writer struct {
	zip   *zstd.Encoder
	tar   *tar.Writer
	parts []Part
}

// NewWriter begins an archive on w. One goroutine compresses, so that a server keeps its processors.
func NewWriter(w io.Writer) (*Writer, error) {
	zip, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("begin archive: %w", err)
	}
	a := &Writer{zip: zip, tar: tar.NewWriter(zip)}
	return a, a.small(formatName, fmt.Appendf(nil, "boon backup %d\n", Format))
}

// Add appends the file at path under name.
func (a *Writer) Add(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("archive %s: %w", name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("archive %s: %w", name, err)
	}
	if err := a.tar.WriteHeader(header(name, info.Size())); err != nil {
		return fmt.Errorf("archive %s: %w", name, err)
	}
	sum := sha256.New()
	if _, err := io.CopyN(io.MultiWriter(a.tar, sum), f, info.Size()); err != nil {
		return fmt.Errorf("archive %s: %w", name, err)
	}
	a.parts = append(a.parts, Part{name, info.Size(), hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// Close writes the manifest, to which it adds format and parts, and ends the archive. Without it the archive is not whole.
func (a *Writer) Close(m Manifest) error {
	m.Format, m.Parts = Format, a.parts
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	if err := a.small(manifestName, append(text, '\n')); err != nil {
		return err
	}
	if err := errors.Join(a.tar.Close(), a.zip.Close()); err != nil {
		return fmt.Errorf("end archive: %w", err)
	}
	return nil
}

// Abandon frees what an archive that is not to be ended holds.
func (a *Writer) Abandon() { a.zip.Reset(io.Discard); _ = a.zip.Close() }

func (a *Writer) small(name string, content []byte) error {
	err := a.tar.WriteHeader(header(name, int64(len(content))))
	if err == nil {
		_, err = a.tar.Write(content)
	}
	if err != nil {
		return fmt.Errorf("archive %s: %w", name, err)
	}
	return nil
}

func header(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, Format: tar.FormatPAX}
}
