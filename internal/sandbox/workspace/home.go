package workspace

import "fmt"

// The tabs of an app's own page.
const (
	HomeTab     = "home"
	MessagesTab = "messages"
)

// OpenApp opens the app's own page as somebody, at one of its tabs. The app hears of it (app_home_opened), with what it has published for that person
// when it is the Home tab.
func (w *Workspace) OpenApp(userID, tab string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.people[userID] == nil:
		return fmt.Errorf("there is no person %s", userID)
	case tab == HomeTab && !w.cfg.HomeTab:
		return fmt.Errorf("%s has no Home tab", w.cfg.BotName)
	case tab != HomeTab && tab != MessagesTab:
		return fmt.Errorf("%s has no tab %s", w.cfg.BotName, tab)
	}
	event := answer{"type": "app_home_opened", "user": userID, "channel": w.direct(userID).ID, "tab": tab}
	if v := w.homes[userID]; v != nil && tab == HomeTab {
		event["view"] = w.viewJSON(v)
	}
	w.emit("app_home_opened", event)
	w.touch()
	return nil
}

func (w *Workspace) viewsPublish(c *Call) (answer, *slackError) {
	switch {
	case !w.cfg.HomeTab:
		return nil, refuse("not_enabled")
	case w.people[c.param("user_id")] == nil:
		return nil, refuse("user_not_found")
	}
	v, err := w.newView(c.param("user_id"), c.raw("view"), "home")
	if err != nil {
		return nil, err
	}
	if old := w.homes[v.User]; old != nil {
		if c.has("hash") && c.param("hash") != old.Hash {
			return nil, refuse("hash_conflict")
		}
		v.ID, v.RootID = old.ID, old.ID
	}
	w.homes[v.User] = v
	return answer{"view": w.viewJSON(v)}, nil
}

// acting returns what somebody may act in: an open form of theirs, or their Home tab. The lock is held.
func (w *Workspace) acting(userID, viewID string) *View {
	if v := w.homes[userID]; v != nil && v.ID == viewID {
		return v
	}
	return w.view(userID, viewID)
}
