package commands

import (
	"context"
	"strings"
	"time"

	"offboard/internal/approvals"
	"offboard/internal/book"
	"offboard/internal/mrkdwn"
)

const (
	atOnceWord = "now" // at:now takes a schedule away
	localTime  = "2006-01-02T15:04"
	zonedTime  = "2006-01-02T15:04Z07:00"
)

// moment reads a time that somebody typed, in their own time zone as Slack has it unless it names another. The zero time is at once.
func (s *Service) moment(ctx context.Context, by approvals.Person, text string) (time.Time, error) {
	text = strings.ToUpper(strings.Replace(strings.TrimSpace(text), " ", "T", 1))
	if text == "" || text == strings.ToUpper(atOnceWord) {
		return time.Time{}, nil
	}
	for _, layout := range []string{zonedTime, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), approvals.CheckNotBefore(at, s.now())
		}
	}
	if _, err := time.Parse(localTime, text); err != nil {
		return time.Time{}, plainf("%s is no time. Nothing was done. Write it like at:2026-03-02T18:00, which is in your own time zone.", mrkdwn.ID(text))
	}
	zone, err := s.directory.Zone(ctx, by.ID)
	if err != nil {
		return time.Time{}, &directoryError{err}
	}
	if zone == nil {
		return time.Time{}, plainf("Slack does not say which time zone you are in. Nothing was done. "+
			"Write it with its distance from UTC, like at:%s+01:00.", mrkdwn.Text(text))
	}
	at, err := time.ParseInLocation(localTime, text, zone)
	if err != nil || at.Format(localTime) != text {
		return time.Time{}, plainf("%s does not exist in %s: the clocks are put forward then. Nothing was done. Name another time.",
			mrkdwn.ID(text), mrkdwn.Text(zone.String()))
	}
	return at.UTC(), approvals.CheckNotBefore(at, s.now())
}

// settleTime makes a line's time one that means the same whoever reads it.
func (s *Service) settleTime(ctx context.Context, by approvals.Person, line *Line) error {
	at, err := s.moment(ctx, by, line.At)
	if err != nil || at.IsZero() {
		return err
	}
	line.At = at.Format(time.RFC3339)
	return nil
}

// reschedule moves a request to another time. Whoever has asked needs no right for it, so that nothing is asked of Slack but their time zone.
func (s *Service) reschedule(ctx context.Context, by approvals.Person, line Line, deliveries ...string) (Reply, error) {
	r, err := s.numbered(ctx, line.Number)
	if err != nil {
		return Reply{}, err
	}
	w := approvals.Reschedule{By: by}
	if !r.Requester.Same(by) {
		if w.Right, err = s.may(ctx, approvals.MayReschedule, by); err != nil {
			return Reply{}, err
		}
	}
	if w.NotBefore, err = s.moment(ctx, by, line.At); err != nil {
		return Reply{}, err
	}
	after, err := s.book.Update(ctx, r.ID, book.Wish(w), deliveries...)
	if err != nil {
		return Reply{}, err
	}
	text := r.Name() + " begins as soon as it is approved. Earlier approvals are void; approvers must look again."
	if at := after.Plan.NotBefore; !at.IsZero() {
		text = r.Name() + " begins not before " + mrkdwn.Time(at) + ". Earlier approvals are void; approvers must look again."
	}
	return Reply{Text: text, Card: r.Card.Place}, nil
}
