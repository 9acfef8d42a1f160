package config

import (
	"net"
	"regexp"
	"strconv"
	"strings"
)

// readJournal reads a text, or a group of keys with what a server needs besides its URL.
func readJournal(top *fields) Journal {
	v, ok := top.optional("journal")
	if !ok {
		return Journal{File: top.of.r.resolve(defaultJournal)}
	}
	if v.is() != "a group of keys" {
		return v.journal()
	}
	f, ok := v.fields()
	if !ok {
		return Journal{}
	}
	url, ok := f.required("url", "where the journal is, as in redis://127.0.0.1:6379")
	if !ok {
		return Journal{}
	}
	j := url.journal()
	if r := j.Redis; r != nil {
		r.Username = shapedField(f, "username", oneWord, false)
		if v, ok := f.optional("password"); ok {
			r.Password = v.secret()
		}
		if v, ok := f.optional("sentinel_password"); ok && r.Kind == RedisSentinel {
			r.SentinelPassword = v.secret()
		}
		if v, ok := f.optional("ca_file"); ok {
			r.CA = v.authorities(r.TLS, "rediss://")
		}
		if v, ok := f.optional("accept"); ok {
			r.Accept = v.risks()
		}
		f.done()
	} else if j.File != "" {
		f.done() // a file needs nothing else
	}
	return j
}

// journal reads where it is.
func (v value) journal() Journal {
	t, ok := v.text()
	if !ok {
		return Journal{}
	}
	scheme, rest, _ := strings.Cut(t, ":")
	switch {
	case scheme == "file" && rest != "" && !strings.HasPrefix(rest, "//"):
		return Journal{File: v.r.resolve(rest)}
	case redisKinds[scheme] != "" && strings.HasPrefix(rest, "//"):
		return Journal{Redis: v.redis(scheme, strings.TrimPrefix(rest, "//"))}
	default:
		v.fault("must be file:PATH, as in file:offboard.db, or a redis:// URL, as in redis://127.0.0.1:6379")
		return Journal{}
	}
}

var redisKinds = map[string]RedisKind{
	"redis": RedisSingle, "rediss": RedisSingle,
	"redis+sentinel": RedisSentinel, "rediss+sentinel": RedisSentinel,
	"redis+cluster": RedisCluster, "rediss+cluster": RedisCluster,
}

const defaultPrefix = "offboard"

var prefixShape = regexp.MustCompile(`^prefix=([A-Za-z0-9_.:-]{1,64})$`)

// redis takes a URL apart by hand: several hosts are no URL to net/url.
func (v value) redis(scheme, rest string) *Redis {
	r := &Redis{Kind: redisKinds[scheme], TLS: strings.HasPrefix(scheme, "rediss"), Prefix: defaultPrefix}
	rest, query, asks := strings.Cut(rest, "?")
	hosts, path, _ := strings.Cut(rest, "/")
	if strings.Contains(rest, "@") {
		v.fault("has a user name or password in the URL; write a group instead: {url: …, username: …, password: env:NAME}")
		return nil
	}
	if m := prefixShape.FindStringSubmatch(query); m != nil {
		r.Prefix = m[1]
	} else if asks {
		v.fault("may end in ?prefix=NAME (letters, digits and _.:-) and in nothing else")
		return nil
	}
	if !v.hosts(r, hosts) || !v.behindHosts(r, path) {
		return nil
	}
	return r
}

func (v value) hosts(r *Redis, hosts string) bool {
	port := "6379"
	if r.Kind == RedisSentinel {
		port = "26379"
	}
	if hosts == "" {
		v.fault("names no server, as in redis://127.0.0.1:6379")
		return false
	}
	for h := range strings.SplitSeq(hosts, ",") {
		if _, _, err := net.SplitHostPort(h); err != nil {
			h = net.JoinHostPort(strings.Trim(h, "[]"), port)
		}
		host, number, err := net.SplitHostPort(h)
		n, bad := strconv.ParseUint(number, 10, 16)
		if err != nil || bad != nil || n == 0 || !hostShape.MatchString(host) {
			v.fault("%q is not a host, or a host and port, as in 127.0.0.1:%s", strings.TrimSuffix(h, ":"+port), port)
			return false
		}
		r.Addrs = append(r.Addrs, h)
	}
	if r.Kind == RedisSingle && len(r.Addrs) > 1 {
		v.fault("names one server with redis://; write redis+sentinel:// or redis+cluster:// for several")
		return false
	}
	return true
}

var hostShape = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,253}$`)

// behindHosts reads the rest: [/DB], /MASTER[/DB] with Sentinel, nothing with a Cluster.
func (v value) behindHosts(r *Redis, path string) bool {
	if r.Kind == RedisSentinel {
		r.Master, path, _ = strings.Cut(path, "/")
		if !oneWord.fits(r.Master) {
			v.fault("needs the master's name behind the Sentinels, as in redis+sentinel://a,b,c/mymaster")
			return false
		}
	}
	if path == "" {
		return true
	}
	if r.Kind == RedisCluster {
		v.fault("ends in %q, but a Cluster has no databases; end it after the hosts", "/"+path)
		return false
	}
	n, err := strconv.ParseUint(path, 10, 16)
	if err != nil {
		v.fault("ends in %q, which is not the number of a database, as in redis://127.0.0.1:6379/0", "/"+path)
		return false
	}
	r.DB = int(n)
	return true
}

func (v value) risks() []RedisRisk {
	var out []RedisRisk
	for _, item := range v.items() {
		if r, ok := choice(item, RedisRisks()); ok {
			out = append(out, r)
		}
	}
	return out
}
