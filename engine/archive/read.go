package archive

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

const maxManifest = 64 << 20 // bytes: some 400,000 files

// Read goes through an archive and hands every file to put, which may discard it. What was put counts only when Read returns without an error:
// every byte then agreed with the manifest. [ErrIncomplete] and [ErrDamaged] say what is wrong with the file itself.
func Read(r io.Reader, put func(name string, content io.Reader) error) (m Manifest, err error) {
	zip, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return m, fmt.Errorf("read backup: %w", err)
	}
	defer zip.Close()
	in := reader{tar: tar.NewReader(zip), put: put, found: map[string]Part{}}
	if err := in.format(); err != nil {
		return m, err
	}
	for {
		name, err := in.next()
		if err != nil {
			return m, err
		}
		if name == manifestName {
			break
		}
		if err := in.file(name); err != nil {
			return m, err
		}
	}
	return in.manifest()
}

type reader struct {
	tar   *tar.Reader
	put   func(string, io.Reader) error
	found map[string]Part
	size  int64 // of the entry at hand
}

func (in *reader) format() error {
	name, err := in.next()
	if err != nil || name != formatName {
		return errors.Join(errors.New("this is not a backup that boon wrote"), err)
	}
	text, err := io.ReadAll(io.LimitReader(in.tar, 100))
	if err != nil {
		return broken(err)
	}
	if want := fmt.Sprintf("boon backup %d\n", Format); string(text) != want {
		return fmt.Errorf("the backup begins with %q, this program reads %q: use the program that wrote it", text, want)
	}
	return nil
}

func (in *reader) next() (string, error) {
	h, err := in.tar.Next()
	if err != nil {
		return "", broken(err)
	}
	if h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name) {
		return "", fmt.Errorf("%w: %q is no plain file inside the folder", ErrDamaged, h.Name)
	}
	in.size = h.Size
	return h.Name, nil
}

func (in *reader) file(name string) error {
	if _, twice := in.found[name]; twice {
		return fmt.Errorf("%w: %s is in it twice", ErrDamaged, name)
	}
	sum, bad := sha256.New(), &source{r: in.tar}
	content := io.TeeReader(bad, sum)
	err := in.put(name, content)
	if err == nil {
		_, err = io.Copy(io.Discard, content)
	}
	if bad.err != nil {
		return broken(bad.err)
	}
	if err != nil {
		return fmt.Errorf("read %s of the backup: %w", name, err)
	}
	in.found[name] = Part{name, in.size, hex.EncodeToString(sum.Sum(nil))}
	return nil
}

func (in *reader) manifest() (m Manifest, err error) {
	text, err := io.ReadAll(io.LimitReader(in.tar, maxManifest))
	if err != nil {
		return m, broken(err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%w: the manifest cannot be read: %w", ErrDamaged, err)
	}
	if len(m.Parts) != len(in.found) {
		return m, fmt.Errorf("%w: %d files are in it, %d in its manifest", ErrDamaged, len(in.found), len(m.Parts))
	}
	for _, want := range m.Parts {
		if in.found[want.Name] != want {
			return m, fmt.Errorf("%w: %s is not what the manifest says", ErrDamaged, want.Name)
		}
	}
	if _, err := in.tar.Next(); !errors.Is(err, io.EOF) {
		return m, fmt.Errorf("%w: something follows the manifest", ErrDamaged)
	}
	return m, nil
}

// source remembers that reading failed, to tell it from a failure of put.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func broken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrIncomplete
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}
