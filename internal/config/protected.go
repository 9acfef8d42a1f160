package config

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"
)

// Protected is one entry of the protected list. Of Email, Domain, ID, Group, Role and File one is set.
type Protected struct {
	Name      string // "protected 3": its place in the list
	Email     string // of an account, or one of its logins
	Domain    string // what is behind the @, whole
	Provider  string // with ID and Role
	ID        string
	Group     string // S…, that the person is in
	Role      string
	AndAbove  bool   // every role above Role too
	File      string // path of a list, read again at every use
	Approvals int    // 0: it is never removed; else as many people must approve
}

var (
	email  = regexp.MustCompile(`^[^\s@:,"<>\p{C}]+@[^\s@:,"<>\p{C}]+$`)
	domain = pattern(`^[^\s@:,"<>/.*\p{C}]+(\.[^\s@:,"<>/.*\p{C}]+)+\.?$`, "a domain, as in board.example.com; what is below it is not meant")
)

// readProtected reads whom never: a text for an e-mail address or provider:id, a group of keys for everything.
func readProtected(top *fields, configured []Provider, names []string) []Protected {
	v, ok := top.optional("protected")
	if !ok {
		return nil
	}
	var out []Protected
	for i, item := range v.items() {
		p, ok := item.protected(configured, names)
		if ok {
			p.Name = fmt.Sprintf("protected %d", i+1)
			out = append(out, p)
		}
	}
	return out
}

// protectedKinds are the keys of which an entry has exactly one.
var protectedKinds = []string{"email", "account", "domain", "group", "role", "file"}

func (v value) protected(configured []Provider, names []string) (Protected, bool) {
	if !v.grouped() {
		t, ok := v.text()
		if !ok {
			return Protected{}, false
		}
		p, why := parseProtected(t, names)
		if why != "" {
			v.fault("%s", why)
		}
		return p, why == ""
	}
	f, ok := v.fields()
	if !ok {
		return Protected{}, false
	}
	before := len(v.r.faults)
	p := f.protectedKind(configured, names)
	if v, ok := f.optional("approvals"); ok {
		p.Approvals = v.positive(approvalsMax)
	}
	f.hint = func(key string) (string, bool) {
		return "leave it out: what has no approvals is refused", key == "refuse"
	}
	f.done()
	return p, len(v.r.faults) == before
}

// protectedKind reads the one key that says who is meant.
func (f *fields) protectedKind(configured []Provider, names []string) Protected {
	var p Protected
	var given []string
	for _, kind := range protectedKinds {
		v, ok := f.optional(kind)
		if !ok {
			continue
		}
		given = append(given, kind)
		switch kind {
		case "email", "account":
			p = v.oneProtected(kind, names)
		case "domain":
			p.Domain, _ = v.shaped(domain)
		case "group":
			p.Group, _ = v.shaped(groupID)
		case "role":
			p.Role, p.Provider, p.AndAbove = f.role(v, configured, names)
		case "file":
			p.File = v.listFile(names)
		}
	}
	if len(given) != 1 {
		f.of.fault("must name exactly one of %s", either(protectedKinds))
	}
	return p
}

func (v value) oneProtected(kind string, names []string) Protected {
	t, ok := v.text()
	if !ok {
		return Protected{}
	}
	p, why := parseProtected(t, names)
	if why == "" && (kind == "email") != (p.Email != "") {
		why = map[string]string{"email": "is not an e-mail address", "account": `is not provider:id, as in "zitadel:1234567890"`}[kind]
	}
	if why != "" {
		v.fault("%s", why)
	}
	return p
}

// parseProtected reads an entry that is one text; why says what is wrong with it, as the rest of a sentence.
func parseProtected(t string, names []string) (p Protected, why string) {
	name, id, account := strings.Cut(t, ":")
	switch {
	case email.MatchString(t):
		return Protected{Email: t}, ""
	case account && oneWord.fits(id) && slices.Contains(names, name):
		return Protected{Provider: name, ID: id}, ""
	case account && oneWord.fits(id) && providerName.fits(name):
		return p, fmt.Sprintf("names the provider %q, which is not configured; %s", name, otherwise(name, names))
	default:
		return p, `is neither an e-mail address nor provider:id, as in "zitadel:1234567890"`
	}
}

func otherwise(word string, known []string) string {
	if like, ok := nearest(word, known); ok {
		return fmt.Sprintf("did you mean %q?", like)
	}
	return "there is " + listing(known)
}

// roleWords are the administrative roles of a vendor, the highest first; Torii has none. Of ZITADEL's those that only look, or act for
// somebody, follow behind the ones that are in an order.
var roleWords = map[ProviderType]struct{ ordered, others []string }{
	ECGrid: {ordered: []string{"Root", "TechOps", "NetOps", "NetworkAdmin", "NetworkUser", "MailboxAdmin"}},
	ZITADEL: {
		ordered: []string{
			"IAM_OWNER", "IAM_ORG_MANAGER", "IAM_USER_MANAGER", "ORG_OWNER", "ORG_USER_MANAGER", "ORG_SETTINGS_MANAGER",
			"ORG_USER_PERMISSION_EDITOR", "ORG_PROJECT_PERMISSION_EDITOR", "PROJECT_OWNER", "PROJECT_GRANT_OWNER",
		},
		others: []string{
			"IAM_OWNER_VIEWER", "ORG_OWNER_VIEWER", "PROJECT_OWNER_VIEWER", "PROJECT_GRANT_OWNER_VIEWER", "ORG_PROJECT_CREATOR",
			"IAM_LOGIN_CLIENT", "IAM_ADMIN_IMPERSONATOR", "IAM_END_USER_IMPERSONATOR", "ORG_ADMIN_IMPERSONATOR", "ORG_END_USER_IMPERSONATOR",
		},
	},
	Torii: {},
}

// RoleOrder lists the administrative roles of a vendor, the highest first.
func RoleOrder(t ProviderType) []string { return slices.Clone(roleWords[t].ordered) }

// role reads a role with its provider. A word that the vendor does not have would protect nobody.
func (f *fields) role(v value, configured []Provider, names []string) (role, provider string, above bool) {
	role, _ = v.shaped(oneWord)
	if v, ok := f.optional("and_above"); ok {
		above = v.boolean()
	}
	at, ok := f.required("provider", "the provider whose role it is")
	if !ok {
		return role, "", above
	}
	provider, ok = at.text()
	i := slices.IndexFunc(configured, func(p Provider) bool { return p.Name == provider })
	if ok && !slices.Contains(names, provider) {
		at.fault("names the provider %q, which is not configured; %s", provider, otherwise(provider, names))
	}
	if !ok || i < 0 || role == "" {
		return role, provider, above
	}
	words := roleWords[configured[i].Type]
	all := append(slices.Clone(words.ordered), words.others...)
	switch {
	case len(all) == 0:
		at.fault("has no administrative roles for the bot to read; protect its accounts by e-mail, id, domain or group")
	case above && !slices.Contains(words.ordered, role):
		v.fault("is not in the order of the roles of %s, so there is nothing above it; %s", configured[i].Type, otherwise(role, words.ordered))
	case !slices.Contains(all, role):
		v.fault("is not a role of %s that this bot knows; %s", configured[i].Type, otherwise(role, all))
	}
	return role, provider, above
}

// ListedProtected reads a list file again: one entry a line, an e-mail address, provider:id or @domain; empty lines and those that begin with # say
// nothing. One line that cannot be read makes the whole list unreadable, because nobody knows whom it was meant to protect; so does a file
// with nothing in it at all, which is what a file that is just being written looks like.
func ListedProtected(path string, names []string) ([]Protected, error) {
	content, err := readList(path)
	if err != nil {
		return nil, err
	}
	var out []Protected
	for i, line := range strings.Split(strings.TrimPrefix(content, "\ufeff"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		p, why := Protected{}, ""
		if d, ok := strings.CutPrefix(line, "@"); !ok {
			p, why = parseProtected(line, names)
		} else if p.Domain = d; !domain.fits(d) {
			why = "is not a domain behind the @"
		}
		if why != "" {
			return nil, fmt.Errorf("line %d %s", i+1, why)
		}
		p.Name = fmt.Sprintf("line %d", i+1)
		out = append(out, p)
	}
	return out, nil
}

// Larger than any list of names.
const listMax = 1 << 20

func readList(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", errors.New(why(err))
	}
	switch {
	case !info.Mode().IsRegular():
		return "", errors.New("it is not a file")
	case info.Size() > listMax:
		return "", errors.New("it is larger than 1 MiB")
	}
	raw, err := os.ReadFile(path)
	switch {
	case err != nil:
		return "", errors.New(why(err))
	case len(raw) == 0:
		return "", errors.New("it is empty; a list of nobody has a line that begins with #")
	case !utf8.Valid(raw) || strings.ContainsRune(string(raw), 0):
		return "", errors.New("it is not UTF-8 text")
	}
	return string(raw), nil
}

// listFile checks a list as it is now, and gives its path.
func (v value) listFile(names []string) string {
	t, ok := v.text()
	if !ok || t == "" {
		v.fault("must be the path of a file")
		return ""
	}
	path := v.r.resolve(t)
	if _, err := ListedProtected(path, names); err != nil {
		v.fault("is a list that cannot be read: %s", err)
	} else if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		v.warn("is a list that others than its owner may change (mode %04o); run chmod go-w on it", info.Mode().Perm())
	}
	return path
}
