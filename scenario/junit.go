package scenario

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// The elements of JUnit's XML that CI servers read.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes the report as JUnit XML.
func (r Report) JUnit(w io.Writer) error {
	all := junitSuites{Tests: r.Scenarios, Failures: r.Failed}
	for _, f := range r.Files {
		suite := junitSuite{Name: f.File, Tests: len(f.Scenarios), Failures: f.Failed(), Time: fmt.Sprintf("%.3f", f.Seconds())}
		for _, s := range f.Scenarios {
			c := junitCase{Class: f.File, Name: s.Name, File: f.File, Line: s.Line, Time: fmt.Sprintf("%.3f", s.Seconds)}
			if len(s.Failures) > 0 {
				var text strings.Builder
				for _, failure := range s.Failures {
					text.WriteString(failure.String())
				}
				c.Failure = &junitFailure{s.Failures[0].Expectation, text.String()}
			}
			suite.Cases = append(suite.Cases, c)
		}
		all.Suites = append(all.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// String is the failure for people: its place, the diff, and why.
func (f Failure) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s:%d:%d: %s\n", f.File, f.Line, f.Column, f.Expectation)
	for _, w := range f.Want {
		fmt.Fprintf(&out, "  - %s\n", w)
	}
	for _, g := range f.Got {
		fmt.Fprintf(&out, "  + %s\n", g)
	}
	for _, y := range f.Why {
		fmt.Fprintf(&out, "    %s\n", y)
	}
	return out.String()
}
