package publish

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"boon"
)

// Use is what an expression is for.
type Use string

// The uses.
const (
	UseCondition Use = "condition" // gives true or false
	UseValue     Use = "value"     // gives one value, to count by
)

// written is one expression of a bundle and its path.
type written struct {
	path, expr string
	use        Use
}

// Check type-checks every expression and message of a bundle. The error is [Errors], each with the place within the expression, mapped to the file.
// When a segment is wrong, expressions that name segments are left for when it is right.
func Check(src Source, compile Compiler) error {
	c := check{src: src}
	checker, whole := c.segments(compile)
	if checker == nil {
		return c.problems.orNil()
	}
	for _, w := range expressions(src.Bundle) {
		if whole || !strings.Contains(w.expr, "segment(") {
			c.note(w.path, checker.Expression(w.expr, w.use))
		}
	}
	for _, o := range src.Bundle.Offers {
		c.note("Offer/"+o.ID+".message", checker.Message(o.Message))
	}
	return c.problems.orNil()
}

type check struct {
	src      Source
	problems Errors
}

// segments compiles the segments. One that is wrong is noted and left out, until the others compile; whole says that none was.
func (c *check) segments(compile Compiler) (checker Checker, whole bool) {
	left := append([]boon.Segment(nil), c.src.Bundle.Segments...)
	for {
		checker, err := compile(left)
		if err == nil {
			return checker, len(left) == len(c.src.Bundle.Segments)
		}
		bad := blamed(left, err)
		if bad < 0 {
			c.note("Shop/"+c.src.Bundle.Shop.ID, err)
			return nil, false
		}
		c.note("Segment/"+left[bad].ID+".where", err)
		left = append(left[:bad], left[bad+1:]...)
	}
}

// blamed finds the segment that an error names; -1 when it names none.
func blamed(list []boon.Segment, err error) int {
	for i, s := range list {
		if strings.Contains(err.Error(), "segment "+strconv.Quote(s.ID)) {
			return i
		}
	}
	return -1
}

// note takes an error down at the place that it is about.
func (c *check) note(path string, err error) {
	if err == nil {
		return
	}
	var refusal *boon.Error
	message, line, column := err.Error(), 0, 0
	if errors.As(err, &refusal) {
		message, line, column = refusal.Detail, refusal.Line, refusal.Column
		if part, ok := strings.CutPrefix(refusal.Field, "message."); ok {
			path += "." + part
		}
	}
	c.problems = append(c.problems, &Problem{Position: c.src.Positions.Of(path).within(line, column), Path: path, Message: message})
}

// within is the place of a line and column of the text written at p, or p where the file does not hold the text letter by letter.
func (p Position) within(line, column int) Position {
	if line > 0 && p.text.exact {
		p.Line, p.Column = p.text.line+line-1, p.text.column+max(column, 1)-1
	}
	return p
}

// expressions lists what has to be checked, apart from segments.
func expressions(b boon.Bundle) []written {
	var all []written
	add := func(path, expr string, use Use) {
		if expr != "" {
			all = append(all, written{path, expr, use})
		}
	}
	for _, o := range b.Offers {
		add(fmt.Sprintf("Offer/%s.eligibility", o.ID), o.Eligibility, UseCondition)
	}
	for _, t := range b.Triggers {
		all = append(all, triggerExpressions(t)...)
	}
	for _, g := range b.Guardrails {
		add(fmt.Sprintf("Guardrail/%s.where", g.ID), g.Where, UseCondition)
	}
	return all
}
