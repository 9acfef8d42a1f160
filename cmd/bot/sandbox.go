package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"offboard/internal/config"
	"offboard/internal/journal"
	"offboard/internal/sandbox/page"
	"offboard/internal/sandbox/story"
	"offboard/internal/sandbox/town"
	"offboard/internal/sandbox/workspace"
	"offboard/internal/secret"
)

type sandboxCmd struct {
	Play    bool   `help:"Play the story once, print it as a transcript, and end with 0 only if every outcome told is true."`
	HTTP    bool   `help:"Let the workspace call the bot with signed HTTP requests instead of Socket Mode."`
	Listen  string `help:"Where the page is." default:"127.0.0.1:8088"`
	Writes  bool   `help:"With --no-writes the bot rehearses: everything happens but the providers' writes." default:"true" negatable:""`
	Verbose bool   `help:"Print the bot's log to stderr." short:"v"`

	WorkspaceOnly bool   `help:"Start no bot: print what an app of your own needs to reach the workspace."`
	AppURL        string `help:"With --workspace-only: where your app takes Slack's signed requests, on this machine. Without it the app connects over Socket Mode." placeholder:"URL"`
}

// Run starts a town and the bot that serves it, and plays the story or stays up with a page.
func (c *sandboxCmd) Run(e *env) (err error) {
	log := slog.New(slog.NewJSONHandler(e.logTo(c.Verbose), nil))
	t, err := c.open(e.ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	if c.WorkspaceOnly {
		return c.workspace(e, t)
	}
	dir, err := os.MkdirTemp("", "offboard-sandbox-")
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	a, err := c.bot(t, c.settings(dir), log)
	if err != nil {
		return err
	}
	records := make(chan page.Records, 1)
	a.between.journal = func(j journal.Journal) journal.Journal {
		records <- j
		return j
	}
	return c.with(e, t, a, records)
}

func (c *sandboxCmd) open(ctx context.Context, log *slog.Logger) (*town.Town, error) {
	if c.WorkspaceOnly {
		return town.OpenYours(ctx, log)
	}
	return town.Open(ctx, "", log)
}

func (e *env) logTo(verbose bool) io.Writer {
	if verbose {
		return e.stderr
	}
	return io.Discard
}

// workspace stays up with a page for an app that is not ours.
func (c *sandboxCmd) workspace(e *env, t *town.Town) error {
	if c.AppURL != "" {
		u, err := url.Parse(c.AppURL)
		if err != nil || u.Scheme != "http" || !onLoopback(u.Hostname()) {
			return fmt.Errorf("--app-url %s: it must be on this machine, such as http://127.0.0.1:3000/slack/events", c.AppURL)
		}
		t.Slack.UseHTTP(workspace.Endpoints{Commands: c.AppURL, Interactions: c.AppURL, Events: c.AppURL, Options: c.AppURL})
	}
	return page.Serve(e.ctx, c.Listen, t, page.Bot{}, e.stdout)
}

func onLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// settings are the bot's, which keeps what it has in a folder.
func (c *sandboxCmd) settings(dir string) town.Settings {
	return town.Settings{
		Journal: filepath.Join(dir, "offboard.db"), HTTP: c.HTTP, Writes: c.Writes,
		Caps: story.Caps(story.Removals(c.Writes || !c.Play)), // visitors of the page play as much as the whole story before a cap holds anything
	}
}

// bot makes the bot from a configuration file beside its journal, as bot serve does.
func (c *sandboxCmd) bot(t *town.Town, set town.Settings, log *slog.Logger) (*app, error) {
	yaml, secrets := t.Config(set)
	path := filepath.Join(filepath.Dir(set.Journal), "offboard.yaml")
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	cfg, _, err := config.Load(path, func(name string) string { return secrets[name] }, os.ReadFile)
	if err != nil {
		return nil, err
	}
	a, err := newApp(cfg, log, t.Clock.Now)
	if err != nil {
		return nil, err
	}
	if c.Play { // nobody should wait for a message a second
		a.api.Unpace()
		t.Unlimited()
	}
	if c.HTTP {
		t.Slack.UseHTTP(endpoints(a.addr()))
	} else {
		a.between.signing = secret.New(t.Slack.Config().SigningSecret)
	}
	return a, nil
}

// readyIn is how long the bot may take to get ready in the sandbox.
const readyIn = 20 * time.Second

// with runs the bot beside the story or the page, and stops it afterwards. records gives its journal once it is open.
func (c *sandboxCmd) with(e *env, t *town.Town, a *app, records <-chan page.Records) (err error) {
	ctx, stop := context.WithCancel(e.ctx)
	ended := make(chan error, 1)
	go func() {
		ended <- a.run(ctx)
		stop() // without the bot there is nothing to show
	}()
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()
	if err := a.waitReady(e.ctx, ended); err != nil {
		if e.ctx.Err() != nil && !c.Play {
			return nil // somebody stopped it before it was up
		}
		return err
	}
	if c.Play {
		return c.play(ctx, e, t, a)
	}
	return page.Serve(ctx, c.Listen, t, page.Bot{Records: <-records, URL: "http://" + a.addr()}, e.stdout)
}

// waitReady waits until the bot takes requests in. What ends the bot before that goes back into ended.
func (a *app) waitReady(ctx context.Context, ended chan error) error {
	late := time.NewTimer(readyIn)
	defer late.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		trouble := a.health.trouble()
		if len(trouble) == 0 {
			return nil
		}
		select {
		case <-look.C:
		case err := <-ended:
			if ctx.Err() != nil {
				ended <- err
				return ctx.Err()
			}
			ended <- nil
			return fmt.Errorf("the bot did not start: %w", err)
		case <-ctx.Done():
			return ctx.Err()
		case <-late.C:
			return fmt.Errorf("the bot did not get ready: %s", strings.Join(trouble, "; "))
		}
	}
}

func (c *sandboxCmd) play(ctx context.Context, e *env, t *town.Town, a *app) error {
	started := time.Now()
	fmt.Fprintln(e.stdout, "A local workspace, local providers and the bot, played as people would. Nothing leaves this machine.")
	if err := story.Play(ctx, t, story.Bot{Writes: c.Writes, URL: "http://" + a.addr()}, story.Direct(t), e.stdout); err != nil {
		return fmt.Errorf("the story went wrong: %w", err)
	}
	fmt.Fprintf(e.stdout, "\nEvery outcome told agrees with the providers' own records. (%.1f s)\n", time.Since(started).Seconds())
	return nil
}
