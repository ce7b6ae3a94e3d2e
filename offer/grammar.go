package offer

import (
	"strings"
	"text/template/parse"
)

// forbidden walks a template and finds the first node that is not of the message language: only text, tokens by their full name,
// constants, the listed functions, and if.
func forbidden(node parse.Node) *offence {
	switch n := node.(type) {
	case nil:
		return nil
	case *parse.ListNode:
		return forbiddenList(n)
	case *parse.TextNode, *parse.StringNode, *parse.NumberNode, *parse.BoolNode, *parse.CommentNode:
		return nil
	case *parse.ActionNode:
		return forbiddenPipe(n.Pipe)
	case *parse.IfNode:
		return firstOffence(forbiddenPipe(n.Pipe), forbiddenList(n.List), forbiddenList(n.ElseList))
	case *parse.FieldNode:
		return forbiddenField(n)
	case *parse.IdentifierNode:
		return forbiddenFunction(n)
	case *parse.PipeNode:
		return forbiddenPipe(n)
	}
	return &offence{node.Position(), "\"" + node.String() + "\" is not part of the message language: use tokens, if, and default, date, money, upper, lower"}
}

func forbiddenList(list *parse.ListNode) *offence {
	if list == nil {
		return nil
	}
	for _, n := range list.Nodes {
		if bad := forbidden(n); bad != nil {
			return bad
		}
	}
	return nil
}

func forbiddenPipe(pipe *parse.PipeNode) *offence {
	if len(pipe.Decl) > 0 {
		return &offence{pipe.Position(), "variables are not part of the message language"}
	}
	for _, command := range pipe.Cmds {
		for _, arg := range command.Args {
			if bad := forbidden(arg); bad != nil {
				return bad
			}
		}
	}
	return nil
}

func forbiddenField(n *parse.FieldNode) *offence {
	if name := strings.Join(n.Ident, "."); !tokenNames[name] {
		at := n.Position()
		if len(n.Ident) > 1 {
			at -= parse.Pos(len(n.Ident[0]) + 1) // the parser dates a chain by its second link
		}
		return &offence{at, "there is no token ." + name + "; there are .Profile.FirstName, .Value, .ExpiresAt, .Code, .Cart.Total, .Shop.ID and .Product.Title"}
	}
	return nil
}

func forbiddenFunction(n *parse.IdentifierNode) *offence {
	switch n.Ident {
	case "default", "date", "money", "upper", "lower":
		return nil
	}
	return &offence{n.Position(), "there is no function " + n.Ident + "; there are default, date, money, upper and lower"}
}

func firstOffence(all ...*offence) *offence {
	for _, bad := range all {
		if bad != nil {
			return bad
		}
	}
	return nil
}
