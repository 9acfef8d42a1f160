package page

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"offboard/internal/sandbox/town"
)

// Bot is the town's bot. The zero value is a bot that is none of ours: any command goes to it, and it is told how to reach the workspace.
type Bot struct {
	Records Records // its journal; nil: it is none of ours
	URL     string  // where it takes in what Slack signs, whatever else it listens to, without a slash at the end
}

// Serve shows the town and its bot at addr, a loopback address with a port (0: a free one), until ctx ends, and says on out how to use it. An
// address that others could reach is an error, and so is one that is taken.
func Serve(ctx context.Context, addr string, t *town.Town, bot Bot, out io.Writer) error {
	l, err := listen(ctx, addr)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := &http.Server{
		Handler: newServer(t, bot, l.Addr().String()), ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	if bot.Records == nil {
		greetOwner(out, "http://"+l.Addr().String()+"/", t)
	} else {
		greet(out, "http://"+l.Addr().String()+"/", t)
	}
	select {
	case err := <-served:
		return fmt.Errorf("the page: %w", err)
	case <-ctx.Done():
	}
	err = shut(ctx, s)
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, fmt.Errorf("the page: %w", ended))
	}
	return err
}

// stopIn is how long actions that are under way may take when the page stops. Slack gives an app 3 s to acknowledge.
const stopIn = 5 * time.Second

func shut(ctx context.Context, s *http.Server) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopIn)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("the page: stop: %w", err), s.Close())
	}
	return nil
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: it must be an address and a port, such as 127.0.0.1:8088: %w", addr, err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("--listen %s: the page has no sign-in, so it is served on loopback only. Use 127.0.0.1:%s", addr, port)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is taken, perhaps by another sandbox. Choose another port, for example --listen 127.0.0.1:0: %w", addr, err)
	}
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w", addr, err)
	}
	return l, nil
}

func greet(out io.Writer, url string, t *town.Town) {
	fmt.Fprintf(out, "The sandbox is up: a local workspace, local providers and the bot. Nothing leaves this machine.\n\n  Open %s\n\n", url)
	for _, id := range town.Everybody() {
		fmt.Fprintf(out, "  %-7s %s\n", town.Name(id), t.Part(id))
	}
	fmt.Fprintf(out, "\n  As alice, type  %s\n  Then be bob, look into #%s and click Approve.\n\nCtrl-C stops it. Nothing is kept.\n",
		firstCommand, town.Name(town.Approvals))
}

// firstCommand is what to try first.
const firstCommand = "/offboard dana.hill@example.com provider:ecgrid"

// greetOwner says what an app that is not ours needs.
func greetOwner(out io.Writer, url string, t *town.Town) {
	c := t.Slack.Config()
	fmt.Fprintf(out, "The workspace is up, for an app of your own. Nothing leaves this machine.\n\n  Open %s\n\n", url)
	for _, l := range [][2]string{
		{"Slack's API", t.Slack.APIURL()}, {"bot token", c.BotToken}, {"app token (Socket Mode)", c.AppToken}, {"signing secret (HTTP)", c.SigningSecret},
		{"the bot's user", c.BotUserID}, {"scopes", strings.Join(c.Scopes, " ")}, {"events", strings.Join(c.Events, " ")},
	} {
		fmt.Fprintf(out, "  %-24s %s\n", l[0], l[1])
	}
	fmt.Fprint(out, "\nIn Bolt for JavaScript: new App({ token, signingSecret, clientOptions: { slackApiUrl } }). Every slash command, and every event that is\n"+
		"listed, goes to your app. It has a Home tab, and people may write to it.\n"+
		"\nCtrl-C stops it. Nothing is kept.\n")
}
