package offer

import (
	"fmt"
	"strings"
	"text/template"
	"text/template/parse"
	"time"
)

// writer writes a checked template as text/template would, without its reflection. What it does not know, a mistake too, is odd, and text/template has
// to write it.
type writer struct {
	out  strings.Builder
	data *Tokens
	zone *time.Location
	odd  bool
}

// usualText is the bytes that most parts of a message take.
const usualText = 64

// write writes what text/template would write, or says that it has to.
func write(t *template.Template, data *Tokens) (text string, usual bool) {
	w := writer{data: data, zone: data.Zone}
	w.out.Grow(usualText)
	if w.zone == nil {
		w.zone = time.UTC
	}
	w.list(t.Root)
	return w.out.String(), !w.odd
}

func (w *writer) list(list *parse.ListNode) {
	if list == nil {
		return
	}
	for _, node := range list.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			w.out.Write(n.Text)
		case *parse.ActionNode:
			w.print(w.pipe(n.Pipe))
		case *parse.IfNode:
			w.choose(n)
		default:
			w.odd = true
		}
	}
}

func (w *writer) print(value any) {
	if text, ok := value.(string); ok {
		w.out.WriteString(text)
		return
	}
	w.out.WriteString(fmt.Sprint(value))
}

func (w *writer) choose(n *parse.IfNode) {
	if truth, _ := template.IsTrue(w.pipe(n.Pipe)); truth {
		w.list(n.List)
		return
	}
	w.list(n.ElseList)
}

// pipe is what the last command gives; each but the first has what the one before it gives as its last argument.
func (w *writer) pipe(pipe *parse.PipeNode) (value any) {
	for i, command := range pipe.Cmds {
		function, called := command.Args[0].(*parse.IdentifierNode)
		switch {
		case called:
			value = w.call(function.Ident, command.Args[1:], value)
		case i == 0 && len(command.Args) == 1:
			value = w.value(command.Args[0])
		default:
			w.odd = true
			return ""
		}
	}
	return value
}

func (w *writer) value(node parse.Node) any {
	switch n := node.(type) {
	case *parse.StringNode:
		return n.Text
	case *parse.FieldNode:
		return w.token(n.Ident[len(n.Ident)-1])
	}
	w.odd = true
	return ""
}

// token goes by the last part of a name, which is another in each of tokenNames.
func (w *writer) token(name string) any {
	switch name {
	case "FirstName":
		return w.data.Profile.FirstName
	case "Value":
		return w.data.Value
	case "ExpiresAt":
		return w.data.ExpiresAt
	case "Code":
		return w.data.Code
	case "Total":
		return w.data.Cart.Total
	case "ID":
		return w.data.Shop.ID
	case "Title":
		return w.data.Product.Title
	}
	w.odd = true
	return ""
}

// call is what a function gives of its arguments; the piped one, nil for none, comes after those that are written.
func (w *writer) call(function string, args []parse.Node, piped any) any {
	values := make([]any, 0, 2)
	for _, arg := range args {
		values = append(values, w.value(arg))
	}
	if piped != nil {
		values = append(values, piped)
	}
	switch {
	case function == "default" && len(values) == 2:
		return defaultTo(values[0], values[1])
	case len(values) == 1:
		return w.word(function, values[0])
	}
	w.odd = true
	return ""
}

// word is what a function of one argument makes of it.
func (w *writer) word(function string, value any) string {
	switch function {
	case "date":
		return dateText(value, w.zone)
	case "money":
		return moneyText(value)
	case "upper":
		return upperText(value)
	case "lower":
		return lowerText(value)
	}
	w.odd = true
	return ""
}
