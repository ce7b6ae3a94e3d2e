package scenario

import (
	"fmt"
	"slices"
	"strings"

	"boon"
	"boon/redeem"
)

// why says of an offer what explain says: why it fell, lost, or was never asked.
func (j judged) why(offer string) []string {
	var lines []string
	for _, c := range j.candidates {
		if c.Offer != offer {
			continue
		}
		line := sentence(c)
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if len(lines) > 0 {
		return lines
	}
	return []string{offer + " is no candidate: " + j.elsewhere(offer)}
}

func sentence(c boon.Candidate) string {
	what := c.Offer
	if c.Level > 0 {
		what += " at " + c.Level.String()
	}
	if c.Verdict == boon.VerdictWon {
		return fmt.Sprintf("%s wins: %s", what, c.Reason)
	}
	if c.Verdict != boon.VerdictRefused {
		return fmt.Sprintf("%s stands and loses: %s, expected to earn %.2f", what, c.Reason, c.Delta/100)
	}
	line := fmt.Sprintf("%s is refused: %s", what, c.Reason)
	if c.By != "" {
		line += " (" + c.By + ")"
	}
	if c.Detail != "" {
		line += ": " + c.Detail
	}
	return line
}

// fallen says of several codes which do not apply, and why.
func fallen(v redeem.Validation) (lines []string) {
	for _, c := range v.Codes {
		if !c.Valid {
			lines = append(lines, fmt.Sprintf("%s is refused: %s: %s", c.Code, c.Reason, c.Detail))
		}
	}
	return lines
}

// elsewhere says where an offer shows and what asks for it.
func (j judged) elsewhere(id string) string {
	for _, o := range j.bundle.Offers {
		if o.ID != id {
			continue
		}
		said := "it shows at " + list(o.Placements)
		if len(o.Triggers) > 0 {
			said += fmt.Sprintf(", when %s fires; this was asked for %s", list(o.Triggers), orNone(j.request.Trigger))
		}
		return said
	}
	return "the bundle has no such offer"
}

func list(names []string) string {
	if len(names) == 0 {
		return "every placement"
	}
	return strings.Join(names, ", ")
}

func orNone(trigger string) string {
	if trigger == "" {
		return "no trigger"
	}
	return trigger
}
