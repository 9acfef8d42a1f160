package wire

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"offboard/internal/outbound"
	"offboard/internal/providers"
)

// TestProxyIsNotTheProvider: what has left for a proxy has not left for the provider. A write that the proxy does not hand over was never sent, whatever
// the proxy says, and nothing of that is told.
func TestProxyIsNotTheProvider(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"refuses":     "HTTP/1.1 502 marked-text\r\n\r\nmarked-text",
		"wants a fee": "HTTP/1.1 407 marked-text\r\nProxy-Authenticate: Basic\r\n\r\n",
		"rate limits": "HTTP/1.1 429 marked-text\r\nRetry-After: 9\r\n\r\n",
		"not HTTP":    "marked-text\r\n",
		"hangs up":    "",
	} {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = c.Read(make([]byte, 4096))
				_, _ = io.WriteString(c, answer)
				_ = c.Close()
			}
		}()
		c := client(t, "https://id.example.com", func(o *Options) {
			o.Route.Proxy = outbound.Through(&url.URL{Scheme: "http", Host: l.Addr().String()})
		})
		_, err = c.Write(t.Context(), "write", http.MethodDelete, "/x", nil, nil)
		e := asked(err)
		if !e.NotSent || e.Kind != providers.Temporary || e.Status != 0 || e.Wait != 0 || strings.Contains(e.Error()+e.Say, "marked") {
			t.Errorf("%s: write: %+v", name, e)
		}
		_ = l.Close()
		<-ended
		if _, err := c.Write(t.Context(), "write", http.MethodDelete, "/x", nil, nil); !asked(err).NotSent {
			t.Errorf("%s: gone: %+v", name, asked(err))
		}
	}
}
