package publish

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"boon"
	"boon/offer"

	"go.yaml.in/yaml/v3"
)

var codePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{1,63}$`)

var code = func() form[string] {
	f := textForm[string]("code", "a code such as SPRING10", 200)
	read := f.read
	f.read = func(v value) (string, bool) {
		s, ok := read(v)
		if ok && !codePattern.MatchString(s) {
			return "", v.problem("%q is not a code: 2 to 64 letters, digits, _ and -", shorten(s))
		}
		return s, ok
	}
	return f
}()

// codes may be written {mode: public, code: X}, {public: {code: X}}, {mode: pool, file: F}, {pool: {file: F}}, or {mode: auto}; a pool has generate or
// imported instead of file.
var codes = func() form[boon.Codes] {
	f := nested(codeFields)
	read := f.read
	f.read = func(v value) (boon.Codes, bool) {
		c, ok := read(v)
		return c, ok && v.settleCodes(&c)
	}
	return f
}()

var codeFields = object[boon.Codes]{
	is("mode", word("auto", "public", "pool"), func(c *boon.Codes) *string { return &c.Mode }, "auto: every grant gets a code of its own; public: one code for all; pool: each grant gets the next code of a pool, and a code that nobody has is redeemed by whoever brings it. May be left out beside any field of another mode."),
	is("code", code, func(c *boon.Codes) *string { return &c.Code }, "The public code, unlike every other offer's."),
	field[boon.Codes]{
		row:  row{name: "public", form: "mapping", doc: "Another way to write the public code.", rows: publicFields.rows()},
		read: func(v value, c *boon.Codes) { publicFields.read(v, c) },
	},
	poolFile,
	generated,
	imported,
	field[boon.Codes]{
		row:   row{name: "pool", form: "mapping", doc: "Another way to write the pool.", rows: poolFields.rows()},
		read:  func(v value, c *boon.Codes) { poolFields.read(v, c) },
		write: func(c *boon.Codes, shop boon.Currency) *yaml.Node { return poolFields.write(c, shop) },
		zero:  func(c *boon.Codes) bool { return len(c.Pool) == 0 },
	},
}

var publicFields = object[boon.Codes]{
	is("code", code, func(c *boon.Codes) *string { return &c.Code }, "The code that everybody may use.").required(),
}

var poolFields = object[boon.Codes]{
	poolFile,
	spelling(generated),
	spelling(imported),
	is("codes", list(code), func(c *boon.Codes) *[]string { return &c.Pool }, "The codes themselves, instead of a file."),
}

var poolFile = field[boon.Codes]{
	row:  row{name: "file", form: "path", doc: "A file of codes, one a line, by its path from the bundle's file. A first line `code` is a heading."},
	read: func(v value, c *boon.Codes) { c.Pool = v.poolFile() },
}

var generated = is("generate", nested(generateFields), func(c *boon.Codes) *boon.Generate { return &c.Generate }, "The pool's codes are made from the instance's key; none is stored. See codes.md.")

var imported = is("imported", truth, func(c *boon.Codes) *bool { return &c.Imported }, "The pool's codes come by `boon codes import`.")

var generateFields = object[boon.Generate]{
	is("count", whole[int64](1, 1_000_000_000), func(g *boon.Generate) *int64 { return &g.Count }, "How many. A larger count keeps the codes that there are.").required(),
	is("length", whole[int64](offer.MinPoolLength, offer.MaxPoolLength), func(g *boon.Generate) *int64 { return &g.Length }, "Characters after the prefix, the last of which checks them. At most one code in a million may be one of the pool: 10 do for 26 million.").otherwise("10"),
	is("prefix", prefix, func(g *boon.Generate) *string { return &g.Prefix }, "What every code begins with. Another prefix or length makes other codes."),
}

var prefixPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,19}$`)

var prefix = func() form[string] {
	f := textForm[string]("prefix", "a prefix such as SPRING-", 200)
	read := f.read
	f.read = func(v value) (string, bool) {
		s, ok := read(v)
		if ok && !prefixPattern.MatchString(s) {
			return "", v.problem("%q is not a prefix: up to 20 letters, digits, _ and -, the first a letter or digit", shorten(s))
		}
		return s, ok
	}
	return f
}()

// spelling is a field in a second place: it is read there and written in its first.
func spelling[T any](f field[T]) field[T] {
	f.write = nil
	return f
}

// settleCodes finds the mode where it is not said, and holds it against what is given.
func (v value) settleCodes(c *boon.Codes) bool {
	if c.Mode == "" {
		c.Mode = "auto"
		if c.Code != "" {
			c.Mode = "public"
		}
		if pools(c) > 0 {
			c.Mode = "pool"
		}
	}
	switch {
	case c.Mode == "public" && c.Code == "" && !v.broken[v.doc]:
		return v.problem("a public code needs code: which one it is")
	case c.Mode == "pool" && pools(c) == 0 && !v.broken[v.doc]:
		return v.problem("a pool needs file: where its codes are, or generate, or imported: true")
	case pools(c) > 1:
		return v.problem("a pool has one of file, generate and imported")
	case c.Mode != "public" && c.Code != "":
		return v.problem("code is for mode public, not %s", c.Mode)
	case c.Mode != "pool" && pools(c) > 0:
		return v.problem("codes of a pool are for mode pool, not %s", c.Mode)
	}
	return true
}

// pools counts the sources that a pool is given.
func pools(c *boon.Codes) (n int) {
	for _, given := range []bool{c.Pool != nil, c.Generate != boon.Generate{}, c.Imported} {
		if given {
			n++
		}
	}
	return n
}

// poolFile reads the codes of the file that v names.
func (v value) poolFile() []string {
	name, ok := v.scalar("the path of a file of codes")
	if !ok {
		return nil
	}
	if v.fsys == nil {
		v.problem("a bundle sent as one text has no files beside it; list the codes as pool: {codes: [...]}")
		return nil
	}
	full := path.Join(path.Dir(v.file.name), name)
	if !fs.ValidPath(full) || path.IsAbs(name) {
		v.problem("%q leaves the bundle's folder", shorten(name))
		return nil
	}
	content, err := readBounded(v.fsys, full, maxPool)
	if err != nil {
		v.problem("the file %q of codes cannot be read: %s", shorten(name), plainly(err))
		return nil
	}
	return v.poolCodes(name, string(content))
}

func (v value) poolCodes(name, content string) []string {
	var all []string
	seen := make(map[string]int)
	for i, line := range strings.Split(content, "\n") {
		text, _, _ := strings.Cut(line, ",")
		text = strings.Trim(strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")), `"`)
		if text == "" || (i == 0 && strings.EqualFold(text, "code")) {
			continue
		}
		if !codePattern.MatchString(text) {
			v.problem("%s, line %d: %q is not a code", shorten(name), i+1, shorten(text))
			return nil
		}
		if first := seen[text]; first > 0 {
			v.problem("%s, line %d: the code %q is on line %d already", shorten(name), i+1, text, first)
			return nil
		}
		seen[text] = i + 1
		all = append(all, text)
	}
	if len(all) == 0 {
		v.problem("the file %q holds no codes", shorten(name))
	}
	return all
}

// plainly is why a file cannot be read, without its path in another spelling.
func plainly(err error) string {
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.As(err, &at):
		return at.Err.Error()
	}
	return err.Error()
}

func readBounded(fsys fs.FS, name string, most int64) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(content)) > most {
		err = fmt.Errorf("it has more than %d bytes", most)
	}
	return content, err
}
