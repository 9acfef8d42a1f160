package config_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// section is one file of an archive: a line "-- name --" and what follows it.
type section struct{ name, text string }

// archive is a comment and the files of one test.
type archive struct {
	comment  string
	sections []section
}

var sectionLine = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

func readArchive(t *testing.T, name string) archive {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	marks := sectionLine.FindAllStringSubmatchIndex(text, -1)
	if len(marks) < 2 {
		t.Fatalf("%s has no file and report", name)
	}
	a := archive{comment: text[:marks[0][0]]}
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		a.sections = append(a.sections, section{name: text[m[2]:m[3]], text: text[m[1]:end]})
	}
	return a
}

func (a archive) String() string {
	var out strings.Builder
	out.WriteString(a.comment)
	for _, s := range a.sections {
		out.WriteString("-- " + s.name + " --\n" + s.text)
	}
	return out.String()
}
