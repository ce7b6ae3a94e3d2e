package api

import (
	"bytes"
	"encoding/json"
	"iter"
	"unicode/utf8"
)

// memberNamesIn are the names of the members of an object that was decoded before, and so is well-formed. They lie in body, for the most part.
func memberNamesIn(body []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		depth, named := 0, false
		for at := 0; at < len(body); at++ {
			switch body[at] {
			case '{', '[':
				depth++
				named = false
			case '}', ']':
				depth--
			case ',':
				named = false
			case '"':
				text := quoted(body[at:])
				at += len(text) - 1
				if depth == 1 && !named && !yield(unquoted(text)) {
					return
				}
				named = true
			}
		}
	}
}

// quoted is the text that body begins with, quotes included.
func quoted(body []byte) []byte {
	for at := 1; at < len(body); at++ {
		switch body[at] {
		case '\\':
			at++
		case '"':
			return body[:at+1]
		}
	}
	return body
}

func unquoted(text []byte) []byte {
	if bytes.IndexByte(text, '\\') < 0 && utf8.Valid(text) {
		return text[1 : len(text)-1]
	}
	var name string
	_ = json.Unmarshal(text, &name) // it was decoded before
	return []byte(name)
}
