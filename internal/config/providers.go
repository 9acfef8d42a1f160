package config

import (
	"fmt"
	"slices"
	"strings"

	"offboard/internal/providers"
	"offboard/internal/secret"
)

// readProviders reads the providers in the order of the file, and gives all their names, right or wrong otherwise.
func readProviders(top *fields) ([]Provider, []string) {
	const what = "a group with a name and the settings of each identity provider"
	v, ok := top.required("providers", what)
	if !ok {
		return nil, nil
	}
	before := len(top.of.r.faults)
	f, ok := v.fields()
	if !ok {
		return nil, nil
	}
	if len(f.all) == 0 && len(top.of.r.faults) == before {
		v.fault("is empty; name at least one identity provider")
	}
	var out []Provider
	var names []string
	for _, e := range f.all {
		names = append(names, e.name)
		if !providerName.fits(e.name) {
			f.of.r.fault(e.at, "%q is not %s", e.name, providerName.what)
			continue
		}
		if f, ok := e.fields(); ok {
			out = append(out, readProvider(e.name, f))
		}
	}
	return out, names
}

func readProvider(name string, f *fields) Provider {
	p := Provider{Name: name}
	v, ok := f.required("type", either(ProviderTypes()))
	if ok {
		p.Type, ok = choice(v, ProviderTypes())
	}
	if v, ok := f.required("url", "the provider's address, as in https://id.example.com"); ok {
		p.URL, _ = v.address()
	}
	p.Out = readOut(f, p.URL)
	if !ok {
		return p // the other keys depend on the type
	}
	switch p.Type {
	case ECGrid:
		p.APIKey = needed(f, "api_key", true, "the API key, as in env:ECGRID_API_KEY")
	case Torii:
		p.SecretKey = needed(f, "secret_key", true, "the secret key, as in env:TORII_SECRET_KEY")
		p.Environment = shapedField(f, "environment", oneWord, true)
	case ZITADEL:
		readZITADEL(f, &p)
	}
	p.Action = readAction(f, p.Type)
	if v, ok := f.optional("timeout"); ok {
		p.Timeout = v.span()
	}
	f.hint = func(key string) (string, bool) { return elsewhere(p.Type, key) }
	f.done()
	return p
}

// actionsOf lists what can be done at a type of provider, the one that can be undone first: it is the default.
func actionsOf(t ProviderType) []providers.Action {
	switch t {
	case ECGrid, Torii:
		return []providers.Action{providers.Delete}
	case ZITADEL:
		return []providers.Action{providers.Deactivate, providers.Delete}
	default:
		return nil
	}
}

func readAction(f *fields, t ProviderType) providers.Action {
	v, ok := f.optional("action")
	if !ok {
		return actionsOf(t)[0]
	}
	a, _ := choice(v, actionsOf(t))
	return a
}

func readZITADEL(f *fields, p *Provider) {
	p.DeleteAPI = DeleteV2
	if v, ok := f.optional("delete_api"); ok {
		p.DeleteAPI, _ = choice(v, []DeleteAPI{DeleteV1, DeleteV2})
	}
	var have []string
	for _, key := range []string{"token", "client_id", "client_secret", "key_file"} {
		if _, ok := f.optional(key); ok {
			have = append(have, key)
		}
	}
	switch strings.Join(have, " ") {
	case "token":
		p.Token = needed(f, "token", true, "")
	case "client_id client_secret":
		p.ClientID = readClientID(f)
		p.ClientSecret = needed(f, "client_secret", true, "")
	case "key_file":
		p.Key = readKeyFile(f)
	default:
		badCredentials(f, have)
	}
}

func badCredentials(f *fields, have []string) {
	for _, key := range have {
		if v, _ := f.optional(key); key == "token" || key == "client_secret" {
			v.reference()
		}
	}
	said := "nothing"
	if len(have) > 0 {
		said = strings.Join(have, ", ")
	}
	f.of.fault("needs exactly one way to sign in: token, or client_id with client_secret, or key_file; it has %s", said)
}

// readClientID takes the id as it is, or from where a reference points: it comes with the secret.
func readClientID(f *fields) secret.Source {
	v, _ := f.optional("client_id")
	t, ok := v.text()
	if ok && (strings.HasPrefix(t, "env:") || strings.HasPrefix(t, "file:")) {
		return v.secret()
	}
	if ok && !oneWord.fits(t) {
		v.fault("is not %s", oneWord.what)
	}
	return secret.New(t)
}

func readKeyFile(f *fields) secret.Source {
	v, _ := f.optional("key_file")
	t, ok := v.text()
	if !ok {
		return nil
	}
	path := strings.TrimPrefix(t, "file:")
	if strings.ContainsAny(path, "{\n") || path == "" || strings.HasPrefix(t, "env:") {
		v.fault("must be the path of the JSON key file, not its content")
		return nil
	}
	return v.fileSecret(path, func(content string) error {
		if lacks := keyFileLacks(content); lacks != "" {
			return fmt.Errorf("points to a file that is not a key of a ZITADEL service account: %s", lacks)
		}
		return nil
	})
}

// elsewhere says of a key that another type has it.
func elsewhere(t ProviderType, key string) (string, bool) {
	owners := map[ProviderType][]string{
		ECGrid:  {"api_key"},
		Torii:   {"secret_key", "environment"},
		ZITADEL: {"token", "client_id", "client_secret", "key_file", "delete_api"},
	}
	for _, owner := range ProviderTypes() {
		if owner != t && slices.Contains(owners[owner], key) {
			return fmt.Sprintf("it is one of type %s, and this is of type %s", owner, t), true
		}
	}
	return "", false
}
