package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"
)

// balancer is a load balancer: it hands each request to the next replica that said that it is ready when it was asked last.
type balancer struct {
	f     *fleet
	mu    sync.Mutex
	all   []string
	ready map[string]bool
	next  int
}

// askEvery is how often a balancer asks the replicas.
const askEvery = 50 * time.Millisecond

// balance puts a load balancer between Slack and the replicas there are.
func (f *fleet) balance() *balancer {
	f.t.Helper()
	b := &balancer{f: f, ready: map[string]bool{}}
	for _, r := range f.all {
		b.add(r)
	}
	through := &http.Transport{}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			to, err := url.Parse(b.pick())
			if err != nil {
				f.t.Error(err)
				return
			}
			r.SetURL(to)
		},
		Transport: through,
	}
	h := httptest.NewServer(proxy)
	ended := make(chan struct{})
	var asking sync.WaitGroup
	asking.Go(func() { b.follow(ended) })
	f.t.Cleanup(func() {
		close(ended)
		asking.Wait()
		h.Close()
		through.CloseIdleConnections()
	})
	f.slack.UseHTTP(endpoints(strings.TrimPrefix(h.URL, "http://")))
	return b
}

// add takes a replica that is ready in.
func (b *balancer) add(r *replicaProcess) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all = append(b.all, r.base)
	b.ready[r.base] = true
}

func (b *balancer) pick() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range b.all {
		if b.next++; b.ready[b.all[b.next%len(b.all)]] {
			return b.all[b.next%len(b.all)]
		}
	}
	return ""
}

func (b *balancer) follow(ended <-chan struct{}) {
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		b.mu.Lock()
		all := b.all
		b.mu.Unlock()
		for _, base := range all {
			ready := b.f.readyz(base)
			b.mu.Lock()
			b.ready[base] = ready
			b.mu.Unlock()
		}
	}
}
