package ingest

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// scope is the object that a key stands in, as far as it matters for what is kept.
type scope uint8

const (
	scopeRoot scope = iota
	scopeProperties
	scopeProduct
	scopeContext
	scopeDevice
	scopeLocation
	scopeTraits // of an identify call: its scalars are in Event.Traits
	scopePerson
	scopeOther
)

// restWriter writes what remains of a message: members that are neither typed, personal, identifying nor empty.
type restWriter struct {
	n   *normaliser
	buf []byte
}

// message writes the whole; false: nothing remains.
func (w *restWriter) message() bool {
	w.buf = append(w.buf, '{')
	w.object(w.n.m.root, scopeRoot)
	if d := w.n.m.defaults; d.present() && !w.n.m.context.present() {
		w.member("context", d, scopeContext)
	}
	if at := w.n.clamped; !at.IsZero() {
		w.key("clamped")
		w.buf = append(w.buf, '"')
		w.buf = at.UTC().AppendFormat(w.buf, time.RFC3339Nano)
		w.buf = append(w.buf, '"')
	}
	w.buf = append(w.buf, '}')
	return len(w.buf) > 2
}

// key writes the comma and the key of the next member.
func (w *restWriter) key(name string) {
	if last := w.buf[len(w.buf)-1]; last != '{' {
		w.buf = append(w.buf, ',')
	}
	w.buf = strconv.AppendQuote(w.buf, name)
	w.buf = append(w.buf, ':')
}

// object writes the members that remain, without the braces.
func (w *restWriter) object(v value, in scope) {
	for m := v.members(); m.next(); {
		if w.drops(in, m.key, m.value) || (in == scopeRoot && w.superseded(m.key, m.value)) {
			continue
		}
		w.memberAs(m.rawKey(), m.value, inner(in, m.key))
	}
}

// superseded reports an object that a later one of the same key replaced: nobody has looked for personal values in it.
func (w *restWriter) superseded(key string, v value) bool {
	m := w.n.m
	switch key {
	case "properties":
		return v.at != m.properties.at
	case "traits":
		return v.at != m.traits.at
	case "context":
		return v.at != m.context.at
	}
	return false
}

func (w *restWriter) member(name string, v value, in scope) {
	w.memberAs(strconv.Quote(name), v, in)
}

// memberAs writes a member, or nothing when nothing of its value remains.
func (w *restWriter) memberAs(quoted string, v value, in scope) {
	mark := len(w.buf)
	if w.buf[mark-1] != '{' {
		w.buf = append(w.buf, ',')
	}
	w.buf = append(w.buf, quoted...)
	w.buf = append(w.buf, ':')
	if !w.value(v, in) {
		w.buf = w.buf[:mark]
	}
}

// value writes what remains of a value; false: nothing.
func (w *restWriter) value(v value, in scope) bool {
	switch v.kind() {
	case 0:
		return false
	case tapeObject:
		mark := len(w.buf)
		w.buf = append(w.buf, '{')
		w.object(v, in)
		if v.at == w.n.m.context.at && v.doc == w.n.m.context.doc {
			w.defaults()
		}
		w.buf = append(w.buf, '}')
		return len(w.buf) > mark+2
	case tapeArray:
		return w.array(v, in)
	}
	return w.scalar(v)
}

// defaults writes those members of the batch's context that the message's own does not have.
func (w *restWriter) defaults() {
	for m := w.n.m.defaults.members(); m.next(); {
		if !w.n.m.context.get(m.key).present() && !w.drops(scopeContext, m.key, m.value) {
			w.memberAs(m.rawKey(), m.value, inner(scopeContext, m.key))
		}
	}
}

// array keeps every place, so that items still line up with order lines; false: no item has anything left.
func (w *restWriter) array(v value, in scope) bool {
	mark, kept := len(w.buf), false
	w.buf = append(w.buf, '[')
	for i := v.items(); i.next(); {
		if len(w.buf) > mark+1 {
			w.buf = append(w.buf, ',')
		}
		if w.value(i.value, in) {
			kept = true
		} else if i.value.kind() != tapeObject {
			w.buf = append(w.buf, "null"...)
		}
	}
	w.buf = append(w.buf, ']')
	return kept
}

// scalar writes text and numbers as they were sent.
func (w *restWriter) scalar(v value) bool {
	text := v.text()
	if text == "" || w.n.personal(text) {
		return false
	}
	raw := v.raw()
	if v.kind() == tapeString && !v.node().plain && !utf8.ValidString(raw) {
		w.buf = appendJSON(w.buf, text)
		return true
	}
	w.buf = append(w.buf, raw...)
	return true
}

func inner(in scope, key string) scope {
	switch {
	case in == scopeRoot && key == "properties":
		return scopeProperties
	case in == scopeRoot && key == "context":
		return scopeContext
	case in == scopeRoot && key == "traits":
		return scopeTraits
	case in == scopeProperties && key == "products":
		return scopeProduct
	case in == scopeContext && key == "device":
		return scopeDevice
	case in == scopeContext && key == "location":
		return scopeLocation
	case in == scopePerson || personObject(key):
		return scopePerson
	}
	return scopeOther
}

// drops reports whether a member is left out: typed fields by where they stand, personal ones wherever they do.
func (w *restWriter) drops(in scope, key string, v value) bool {
	if in != scopeRoot && personalField(key) != "" {
		return true
	}
	switch in {
	case scopeRoot:
		return dropsRoot(key)
	case scopeProperties:
		return w.n.dropsProperty(key)
	case scopeProduct:
		return w.n.orderly && dropsProduct(key)
	case scopeContext:
		return w.n.dropsContext(key)
	case scopeDevice:
		return key == "id" || key == "name" || key == "type"
	case scopeLocation:
		return (key == "country" && w.n.event.Context.Country != "") || (key == "region" && w.n.event.Context.Region != "")
	case scopeTraits:
		return w.n.dropsTrait(key, v)
	case scopePerson:
		return key == "name" || key == "id"
	}
	return false
}
