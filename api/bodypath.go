package api

import (
	"bytes"
	"encoding/json"
	"strings"
)

// place is where a walk through JSON is within one object or array.
type place struct {
	list  bool
	named bool // the next text is no name
	name  string
	index int
}

// pathAt is the path of the last value that begins before an offset of a JSON body, such as cart.lines[1].quantity; "" where there is none.
func pathAt(body []byte, offset int64) string {
	var at []place
	for d := json.NewDecoder(bytes.NewReader(body)); ; {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		switch opens, closes := delimiter(token); {
		case closes:
			at = at[:len(at)-1]
		case d.InputOffset() >= offset:
			return pathOf(enter(at, token))
		default:
			at = enter(at, token)
			if opens {
				at = append(at, place{list: token == json.Delim('['), index: -1})
			}
		}
	}
}

func delimiter(token json.Token) (opens, closes bool) {
	d, ok := token.(json.Delim)
	return ok && (d == '{' || d == '['), ok && (d == '}' || d == ']')
}

// enter goes on to what a token is in the innermost object or array: the name of a member, or a value.
func enter(at []place, token json.Token) []place {
	if len(at) == 0 {
		return at
	}
	switch last := &at[len(at)-1]; {
	case last.list:
		last.index++
	case last.named:
		last.named = false
	default:
		last.name, last.named = token.(string), true
	}
	return at
}

func pathOf(at []place) (path string) {
	for _, p := range at {
		if p.list {
			path = index(path, p.index)
		} else {
			path += "." + p.name
		}
	}
	return strings.TrimPrefix(path, ".")
}
