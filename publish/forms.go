package publish

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"boon"

	"go.yaml.in/yaml/v3"
)

var (
	idPattern     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)
	numberPattern = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
)

func plain(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func number(n int64) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(n, 10)}
}

// scalar gives the text of a scalar as it was written; want says what was expected.
func (v value) scalar(want string) (string, bool) {
	if v.node.Kind != yaml.ScalarNode || v.node.Tag == "!!bool" || v.node.Tag == "!!null" {
		return "", v.problem("expected %s, found %s", want, describe(v.node))
	}
	return v.node.Value, true
}

// textForm is text of at most max characters; a number stands for its digits, as SKUs are often written.
func textForm[S ~string](name, want string, max int) form[S] {
	return form[S]{
		name: name,
		read: func(v value) (S, bool) {
			s, ok := v.scalar(want)
			switch {
			case !ok:
				return "", false
			case strings.TrimSpace(s) == "":
				return "", v.problem("expected %s, found an empty text", want)
			case len(s) > max:
				return "", v.problem("the text has %d bytes; at most %d are allowed", len(s), max)
			case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }):
				return "", v.problem("the text holds a control character")
			}
			return S(s), true
		},
		write: func(s S, _ boon.Currency) *yaml.Node { return plain(string(s)) },
	}
}

var (
	textual    = textForm[string]("text", "a text", 1000)
	template   = textForm[string]("template", "a message template", 4000)
	expression = textForm[string]("expression", "a CEL expression", 4000)
	sku        = textForm[string]("SKU", "a SKU", 200)
	category   = textForm[string]("category", "a category path such as GROCERY/SOFT DRINKS", 300)
)

// identifier is the name of an element; references to elements have the form too.
func identifier(name string) form[string] {
	f := textForm[string](name, "an id", 200)
	read := f.read
	f.read = func(v value) (string, bool) {
		s, ok := read(v)
		if ok && !idPattern.MatchString(s) {
			return "", v.problem("%q is not an id: up to 64 letters, digits, _ and -, the first a letter or digit", shorten(s))
		}
		return s, ok
	}
	return f
}

// word is one of a few words.
func word[S ~string](words ...S) form[S] {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	f := textForm[S](strings.Join(list, " / "), "one of "+strings.Join(list, ", "), 200)
	read := f.read
	f.read = func(v value) (S, bool) {
		s, ok := read(v)
		if ok && !slices.Contains(words, s) {
			return "", v.problem("%q is not one of %s%s", shorten(string(s)), strings.Join(list, ", "), suggestion(string(s), list))
		}
		return s, ok
	}
	return f
}

var truth = form[bool]{
	name: "true / false",
	read: func(v value) (bool, bool) {
		if v.node.Kind != yaml.ScalarNode || v.node.Tag != "!!bool" {
			return false, v.problem("expected true or false, found %s", describe(v.node))
		}
		return strings.EqualFold(v.node.Value, "true"), true
	},
	write: func(b bool, _ boon.Currency) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(b)}
	},
}

// whole is an integer from least to most.
func whole[N ~int | ~int64](least, most int64) form[N] {
	return form[N]{
		name: "whole number",
		read: func(v value) (N, bool) {
			s, ok := v.scalar("a whole number")
			if !ok {
				return 0, false
			}
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return 0, v.problem("expected a whole number, found %s", describe(v.node))
			}
			if n < least || n > most {
				return 0, v.problem("%d is outside %d..%d", n, least, most)
			}
			return N(n), true
		},
		write: func(n N, _ boon.Currency) *yaml.Node { return number(int64(n)) },
	}
}

// decimal is an exact number from least to most with at most six decimals. A number without quotes is taken by the digits written, so it is exact too.
func decimal(name, least, most string) form[boon.Micros] {
	low, high := mustMicros(least), mustMicros(most)
	return form[boon.Micros]{
		name: name,
		read: func(v value) (boon.Micros, bool) {
			n, ok := v.decimal(6)
			if ok && (boon.Micros(n) < low || boon.Micros(n) > high) {
				return 0, v.problem("%s is outside %s..%s", boon.Micros(n), low, high)
			}
			return boon.Micros(n), ok
		},
		write: func(m boon.Micros, _ boon.Currency) *yaml.Node {
			n := plain(m.String())
			n.Style = yaml.DoubleQuotedStyle
			return n
		},
	}
}

func mustMicros(text string) boon.Micros {
	m, err := boon.ParseMicros(text)
	if err != nil {
		panic(err)
	}
	return m
}

var share = decimal("share 0..1", "0", "1")

// decimal reads a number of at most scale decimals as an integer of 10^-scale.
func (v value) decimal(scale int) (int64, bool) {
	s, ok := v.scalar(`a decimal number such as "0.05"`)
	if !ok {
		return 0, false
	}
	if !numberPattern.MatchString(s) {
		return 0, v.problem(`expected a decimal number such as "0.05", found %s`, describe(v.node))
	}
	whole, fraction, _ := strings.Cut(s, ".")
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > scale {
		return 0, v.problem("%s has more than %d decimals and would have to be rounded", shorten(s), scale)
	}
	n, err := boon.ParseDecimal(whole+"."+fraction, scale)
	if err != nil {
		return 0, v.problem("%s is out of range", shorten(s))
	}
	return n, true
}

var durationPattern = regexp.MustCompile(`^([0-9]{1,9})(s|m|h|d)$`)

var units = []struct {
	letter string
	size   time.Duration
}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}

// maxDuration keeps sums of times far from overflow.
const maxDuration = 10 * 366 * 24 * time.Hour

var duration = form[time.Duration]{
	name: "duration",
	read: func(v value) (time.Duration, bool) {
		s, ok := v.scalar("a duration such as 90s, 45m, 48h or 14d")
		if !ok {
			return 0, false
		}
		m := durationPattern.FindStringSubmatch(s)
		if m == nil {
			return 0, v.problem("%q is not a duration; write a whole number and a unit: 90s, 45m, 48h, 14d", shorten(s))
		}
		n, _ := strconv.ParseInt(m[1], 10, 64)
		for _, u := range units {
			if u.letter != m[2] {
				continue
			}
			if n == 0 || n > int64(maxDuration/u.size) {
				return 0, v.problem("the duration %s is outside 1s..3660d", s)
			}
			return time.Duration(n) * u.size, true
		}
		return 0, false
	},
	write: func(d time.Duration, _ boon.Currency) *yaml.Node { return plain(durationText(d)) },
}

// durationText writes whole seconds in the largest unit that fits.
func durationText(d time.Duration) string {
	for _, u := range units {
		if d%u.size == 0 {
			return fmt.Sprintf("%d%s", d/u.size, u.letter)
		}
	}
	return d.String()
}

var instant = form[time.Time]{
	name: "time",
	read: func(v value) (time.Time, bool) {
		s, ok := v.scalar("a time such as 2017-01-01T00:00:00Z")
		if !ok {
			return time.Time{}, false
		}
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return t, v.problem("%q is not a time of RFC 3339, such as 2017-01-01T00:00:00Z", shorten(s))
		}
		return t.UTC(), true
	},
	write: func(t time.Time, _ boon.Currency) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!timestamp", Value: t.Format(time.RFC3339Nano)}
	},
}

// list is a list whose items are all different, in the order written.
func list[V comparable](f form[V]) form[[]V] { return listOf(f, true) }

// listOf is a list; distinct makes an item given twice a problem.
func listOf[V comparable](f form[V], distinct bool) form[[]V] {
	l := records(f)
	read := l.read
	l.read = func(v value) ([]V, bool) {
		all, ok := read(v)
		for i, x := range all {
			if first := slices.Index(all, x); distinct && first < i && len(all) == len(v.node.Content) {
				return nil, v.child(v.node.Content[i], fmt.Sprintf("[%d]", i)).problem("the same as item [%d]; give it once", first)
			}
		}
		return all, ok
	}
	return l
}

// records is a list of mappings, or of anything that is not compared.
func records[V any](f form[V]) form[[]V] {
	return form[[]V]{
		name: "list of " + f.name,
		rows: f.rows,
		read: func(v value) ([]V, bool) {
			if v.node.Kind != yaml.SequenceNode {
				return nil, v.problem("expected a list, found %s", describe(v.node))
			}
			var all []V
			for i, n := range v.node.Content {
				if x, ok := f.read(v.child(n, fmt.Sprintf("[%d]", i))); ok || f.rows != nil { // a mapping keeps its place, which is in the paths of what is after it
					all = append(all, x)
				}
			}
			return all, true
		},
		write: func(all []V, c boon.Currency) *yaml.Node {
			n := &yaml.Node{Kind: yaml.SequenceNode}
			if f.rows == nil {
				n.Style = yaml.FlowStyle
			}
			for _, x := range all {
				n.Content = append(n.Content, f.write(x, c))
			}
			return n
		},
	}
}

// named is a mapping from names of the shop's own to values.
func named[V any](name string, key func(value, string) bool, f form[V]) form[map[string]V] {
	return form[map[string]V]{
		name: name,
		read: func(v value) (map[string]V, bool) {
			entries, ok := v.entries(quoted)
			if !ok {
				return nil, false
			}
			all := make(map[string]V, len(entries))
			for _, e := range entries {
				if x, ok := f.read(e.value); ok && key(e.key, e.name) {
					all[e.name] = x
				}
			}
			if len(all) == 0 {
				return nil, true
			}
			return all, true
		},
		write: func(all map[string]V, c boon.Currency) *yaml.Node {
			m := &yaml.Node{Kind: yaml.MappingNode}
			for _, name := range slices.Sorted(maps.Keys(all)) {
				m.Content = append(m.Content, plain(name), f.write(all[name], c))
			}
			return m
		},
	}
}

// optional is a form that may be absent, which is not the same as zero.
func optional[V any](f form[V]) form[*V] {
	return form[*V]{
		name: f.name,
		rows: f.rows,
		read: func(v value) (*V, bool) {
			x, ok := f.read(v)
			return &x, ok
		},
		write: func(x *V, c boon.Currency) *yaml.Node { return f.write(*x, c) },
	}
}
