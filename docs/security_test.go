// Package docs_test holds what docs says against the tree.
package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const page = "security.md"

// Every control says what it stops and what it does not stop, and names tests that exist.
func TestSecurityNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	controls, faults := judge(string(text), tests(t))
	if len(controls) < 40 {
		t.Errorf("only %d controls were read: the tables are not what this test looks for", len(controls))
	}
	for _, f := range faults {
		t.Error(page + ": " + f)
	}
}

// What the test above is to find, it finds.
func TestFaultsInSecurityAreSeen(t *testing.T) {
	t.Parallel()
	const head = "| control | stops | does not stop | test |\n|---|---|---|---|\n"
	known := map[string]bool{"TestReal": true, "FuzzReal": true}
	for row, good := range map[string]bool{
		"| a | b | c | `TestReal`, `FuzzReal` |\n":     true,
		"| a | b | c | `TestReal/with a name` |\n":     true,
		"| a | b | | `TestReal` |\n":                   false,
		"| a | b | c | `TestReal`, `TestInvented` |\n": false,
		"| a | b | c | |\n":                            false,
		"| a | b | c | reviewed by hand |\n":           false,
		"| a | b | c | TestReal |\n":                   false, // not in code: a reader could take it for a word
		"| a |  | c | `TestReal` |\n":                  false,
		"| a | b | `TestReal` |\n":                     false,
	} {
		if _, faults := judge(head+row, known); (len(faults) == 0) != good {
			t.Errorf("%q: %q", row, faults)
		}
	}
	if controls, _ := judge("| asset | loss |\n|---|---|\n| a | b |\n\n"+head+"| a | b | c | `TestReal` |\n\nText.\n", known); len(controls) != 1 {
		t.Errorf("controls are %q", controls)
	}
}

// Whoever reads the README finds the page.
func TestReadmeLeadsToSecurity(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "(docs/"+page+")") {
		t.Errorf("README.md has no link to docs/%s", page)
	}
}

var (
	inCode   = regexp.MustCompile("`([^`]+)`")
	function = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// judge reads the tables of controls. It returns the controls, and what is wrong with their rows.
func judge(text string, known map[string]bool) (controls, faults []string) {
	within := false
	for line := range strings.Lines(text) {
		cells := row(line)
		switch {
		case cells == nil:
			within = false
			continue
		case cells[0] == "control":
			within = true
			continue
		case !within || strings.HasPrefix(cells[0], "---"):
			continue
		}
		controls = append(controls, cells[0])
		if len(cells) != 4 || slices.Contains(cells, "") {
			faults = append(faults, cells[0]+": needs the control, what it stops, what it does not stop, and a test")
			continue
		}
		named := inCode.FindAllStringSubmatch(cells[3], -1)
		if len(named) == 0 {
			faults = append(faults, cells[0]+": no test is named")
		}
		for _, n := range named {
			if name, _, _ := strings.Cut(n[1], "/"); !known[name] {
				faults = append(faults, cells[0]+": there is no test "+n[1])
			}
		}
	}
	return controls, faults
}

// row takes a line of a table apart; nil: it is none.
func row(line string) []string {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "|") {
		return nil
	}
	cells := strings.Split(strings.Trim(line, "|"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

// tests are the names of every test and fuzz test in the tree.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != "..":
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range function.FindAllStringSubmatch(string(text), -1) {
			out[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
