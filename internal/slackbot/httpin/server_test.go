package httpin

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"offboard/internal/commands"
)

func serve(t *testing.T, h http.Handler) (base string, stop func() error) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, NewServer(h, slog.New(slog.DiscardHandler)), l, 10*time.Second) }()
	t.Cleanup(cancel)
	return "http://" + l.Addr().String(), func() error {
		cancel()
		return <-ended
	}
}

func post(t *testing.T, base, path, body string) (int, string) {
	t.Helper()
	r := signed(path, formType, body)
	r.RequestURI = ""
	var err error
	if r.URL, err = r.URL.Parse(base + path); err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// TestAnswerIsOutBeforeLater: what goes on afterwards can wait for Slack to have the acknowledgement, and finds that it has.
func TestAnswerIsOutBeforeLater(t *testing.T) {
	t.Parallel()
	answered, ran := make(chan struct{}), make(chan struct{})
	r := newRig(t, &bot{ack: commands.Ack{Text: "looking"}, later: func(ctx context.Context) {
		select {
		case <-answered:
			close(ran)
		case <-ctx.Done():
		}
	}}, 1)
	base, stop := serve(t, r)
	if status, body := post(t, base, PathCommands, command("")); status != 200 || body == "" {
		t.Fatalf("%d %q", status, body)
	}
	close(answered)
	<-ran
	if err := stop(); err != nil {
		t.Error(err)
	}
	r.close(t)
}

// TestStopWaitsForAnswers: a request under way when the server stops is still answered.
func TestStopWaitsForAnswers(t *testing.T) {
	t.Parallel()
	entered, leave := make(chan struct{}), make(chan struct{})
	base, stop := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		w.WriteHeader(http.StatusAccepted)
	}))
	status := make(chan int, 1)
	go func() {
		s, _ := post(t, base, PathCommands, "")
		status <- s
	}()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	close(leave)
	if s := <-status; s != http.StatusAccepted {
		t.Errorf("status %d", s)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
