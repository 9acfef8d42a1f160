package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"offboard/internal/journal"
)

// Load returns the log, read at one moment and in one round trip.
func (j *Journal) Load(ctx context.Context, id string) (journal.Log, error) {
	leave, err := j.enter(ctx)
	if err != nil {
		return journal.Log{}, err
	}
	defer leave()
	answer, err := read(j.signIn, func() ([]any, error) {
		return loadScript.Run(ctx, j.client, []string{j.keys.log(id), j.keys.records(id)}).Slice()
	})
	if err != nil {
		return journal.Log{}, fmt.Errorf("journal: load: %w", explain(err))
	}
	if len(answer) != 2 {
		return journal.Log{}, fmt.Errorf("journal: load: the server answered %d parts", len(answer))
	}
	head, _ := answer[0].([]any)
	records, _ := answer[1].([]any)
	return decodeLog(id, head, records)
}

func decodeLog(id string, head, records []any) (journal.Log, error) {
	if len(head) == 0 || head[0] == nil {
		return journal.Log{}, journal.ErrNotFound
	}
	l := journal.Log{ID: id, Open: text(head, 3) == "1", Records: make([]journal.Record, 0, len(records))}
	version, err := strconv.Atoi(text(head, 1))
	if err != nil || version != len(records) {
		return journal.Log{}, fmt.Errorf("%w: %s has %d records of %s", journal.ErrForeign, id, len(records), text(head, 1))
	}
	if l.Number, err = strconv.Atoi(text(head, 0)); err != nil {
		return journal.Log{}, fmt.Errorf("%w: %s has the number %q", journal.ErrForeign, id, text(head, 0))
	}
	if l.Wake, err = decodeTime(text(head, 2)); err != nil {
		return journal.Log{}, err
	}
	for i := range records {
		r, err := decodeRecord(i+1, text(records, i))
		if err != nil {
			return journal.Log{}, err
		}
		l.Records = append(l.Records, r)
	}
	return l, nil
}

// Numbered returns the id of the log with this running number.
func (j *Journal) Numbered(ctx context.Context, number int) (string, error) {
	return j.lookUp(ctx, j.keys.of("numbers"), strconv.Itoa(number))
}

// Holder returns the id of the log that has reserved the key.
func (j *Journal) Holder(ctx context.Context, key string) (string, error) {
	return j.lookUp(ctx, j.keys.of("held"), key)
}

func (j *Journal) lookUp(ctx context.Context, table, field string) (string, error) {
	leave, err := j.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	id, err := read(j.signIn, func() (string, error) { return j.client.HGet(ctx, table, field).Result() })
	if errors.Is(err, redis.Nil) {
		return "", journal.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("journal: look up: %w", err)
	}
	return id, nil
}

// Open returns the ids of the listed logs, newest first.
func (j *Journal) Open(ctx context.Context, max int) ([]string, error) {
	leave, err := j.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if max < 1 {
		return nil, nil
	}
	ids, err := read(j.signIn, func() ([]string, error) { return j.client.ZRevRange(ctx, j.keys.of("open"), 0, int64(max)-1).Result() })
	if err != nil {
		return nil, fmt.Errorf("journal: list open: %w", err)
	}
	return ids, nil
}

// Each calls f for every log that is there when Each begins.
func (j *Journal) Each(ctx context.Context, f func(journal.Log) error) error {
	length, err := j.length(ctx)
	if err != nil {
		return err
	}
	for n := 1; n <= length; n++ {
		id, err := j.Numbered(ctx, n)
		if err != nil {
			return err
		}
		l, err := j.Load(ctx, id)
		if err != nil {
			return err
		}
		if err := f(l); err != nil {
			return err
		}
	}
	return nil
}

func (j *Journal) length(ctx context.Context) (int, error) {
	leave, err := j.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()
	n, err := read(j.signIn, func() (int, error) { return j.client.HGet(ctx, j.keys.of("meta"), "number").Int() })
	if err != nil {
		return 0, fmt.Errorf("journal: length: %w", err)
	}
	return n, nil
}

// Info describes the engine, and what its server's settings put at risk.
func (j *Journal) Info(ctx context.Context) (journal.Info, error) {
	length, err := j.length(ctx)
	if err != nil {
		return journal.Info{}, err
	}
	return journal.Info{Engine: "redis", Install: j.store.install, Length: length, Risks: j.Settings().Risks()}, nil
}
