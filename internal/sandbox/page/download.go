package page

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"offboard/internal/journal"
	"offboard/internal/mrkdwn"
)

// attach makes an answer a download with a file's name, and nothing that a browser would show as a page.
func attach(w http.ResponseWriter, kind, name string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Content-Disposition", disposition(name))
}

// disposition is the header of RFC 6266, section 4.1: a plain name for old clients, and the whole name for all others.
func disposition(name string) string {
	name = fileName(name)
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '%' {
			return '_'
		}
		return r
	}, name)
	return fmt.Sprintf(`attachment; filename=%q; filename*=UTF-8''%s`, plain, strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
}

// mostName is how many letters of a name a download keeps: with four bytes each, as many as file systems take.
const mostName = 60

// fileName makes a name of what a file was called: one line of letters that can be seen, no path, and no hidden file.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r == ':' {
			return '_'
		}
		return r
	}, mrkdwn.Clean(name))
	if r := []rune(name); len(r) > mostName {
		end := name[max(strings.LastIndex(name, "."), 0):]
		keep := mostName - min(len([]rune(end)), mostName/2)
		name = string(r[:keep]) + string(r[len(r)-(mostName-keep):])
	}
	return cmp.Or(strings.Trim(name, ". "), "file")
}

// stored is a request as the journal has it, for whoever wants to check its hashes.
type stored struct {
	Request string         `json:"request"`
	ID      string         `json:"id"`
	Hashes  string         `json:"hashes"`
	Records []storedRecord `json:"records"`
}

type storedRecord struct {
	Seq  int    `json:"seq"`
	Prev string `json:"prev,omitempty"`
	Hash string `json:"hash,omitempty"` // empty: it only notes what Slack was told
	Body string `json:"body"`           // the bytes as they are stored
}

const howHashed = "The hash of a record is the SHA-256 of these lines, each ended by a line feed: offboard/1, the id, seq, prev, and the body. " +
	"prev is the hash of the record before it that has one."

// errFound ends the reading of a journal.
var errFound = errors.New("found")

func (s *server) serveRecords(w http.ResponseWriter, r *http.Request) {
	l, ok := s.log(r.Context(), r.PathValue("name"))
	if !ok {
		refuse(w, http.StatusNotFound, "There is no such request.")
		return
	}
	out := stored{Request: fmt.Sprintf("OFF-%d", l.Number), ID: l.ID, Hashes: howHashed}
	for _, rec := range l.Records {
		out.Records = append(out.Records, storedRecord{Seq: rec.Seq, Prev: rec.Prev, Hash: rec.Hash, Body: string(rec.Body)})
	}
	attach(w, "application/json", out.Request+".json")
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(out)
}

// log finds the log of a request by the name of its file: OFF-1.json.
func (s *server) log(ctx context.Context, file string) (found journal.Log, ok bool) {
	if s.records == nil {
		return journal.Log{}, false
	}
	_ = s.records.Each(ctx, func(l journal.Log) error {
		if fmt.Sprintf("OFF-%d.json", l.Number) != file {
			return nil
		}
		found, ok = l, true
		return errFound
	})
	return found, ok
}
