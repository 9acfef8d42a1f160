package workspace

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// choose gives what an element holds after value was typed or chosen, under the key that Slack puts it. Several values are apart by a
// line end. An empty value means nothing.
func choose(e map[string]any, value string) (key string, held any, err error) {
	kind, _ := e["type"].(string)
	one, several := strings.CutPrefix(kind, "multi_")
	switch one {
	case "plain_text_input", "email_text_input", "url_text_input", "number_input":
		return "value", orNull(value), typeable(e, value)
	case "static_select", "external_select", "radio_buttons", "overflow":
		return chosenOption(e, value, several)
	case "checkboxes":
		return chosenOption(e, value, true)
	case "users_select", "conversations_select", "channels_select":
		key = "selected_" + strings.TrimSuffix(one, "s_select")
		if several {
			return key + "s", split(value), nil
		}
		return key, orNull(value), nil
	case "datepicker", "timepicker":
		return "selected_" + strings.TrimSuffix(one, "picker"), orNull(value), nil
	case "datetimepicker":
		held, err = moment(value)
		return "selected_date_time", held, err
	}
	return "", nil, fmt.Errorf("nothing can be entered into a %s here", kind)
}

// addZone adds the time zone that a time picker shows, which Slack passes on with the time (Slack's reference of the time picker element).
func addZone(out answer, e map[string]any) {
	if e["timezone"] != nil {
		out["timezone"] = e["timezone"]
	}
}

func orNull(value string) any {
	if value == "" {
		return nil
	}
	return value
}

// moment reads seconds since 1970.
func moment(value string) (any, error) {
	if value == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%q is no moment in seconds since 1970", value)
	}
	return n, nil
}

func split(value string) []string {
	if value == "" {
		return []string{}
	}
	return strings.Split(value, "\n")
}

// typeable holds a text to the lengths that the client lets people type.
func typeable(e map[string]any, value string) error {
	n := float64(utf8.RuneCountInString(value))
	if most, ok := e["max_length"].(float64); ok && n > most {
		return fmt.Errorf("the field takes %v characters, not %v", most, n)
	}
	if least, ok := e["min_length"].(float64); ok && n < least && value != "" {
		return fmt.Errorf("the field wants %v characters, not %v", least, n)
	}
	return nil
}

func chosenOption(e map[string]any, value string, several bool) (string, any, error) {
	found := []any{}
	for _, v := range split(value) {
		o, err := optionOf(e, v)
		if err != nil {
			return "", nil, err
		}
		found = append(found, o)
	}
	switch {
	case several:
		return "selected_options", found, nil
	case len(found) == 0:
		return "selected_option", nil, nil
	}
	return "selected_option", found[0], nil
}

func optionOf(e map[string]any, value string) (any, error) {
	for _, o := range optionsOf(e) {
		if m, _ := o.(map[string]any); m["value"] == value {
			return o, nil
		}
	}
	return nil, fmt.Errorf("there is no option %q", value)
}

func optionsOf(e map[string]any) []any {
	out, _ := e["options"].([]any)
	groups, _ := e["option_groups"].([]any)
	for _, g := range groups {
		group, _ := g.(map[string]any)
		more, _ := group["options"].([]any)
		out = append(out, more...)
	}
	return out
}

// initial is what an element holds before anybody touches it.
func initial(e map[string]any) string {
	for _, key := range []string{
		"initial_value", "initial_user", "initial_conversation", "initial_channel", "initial_date", "initial_time",
	} {
		if s, ok := e[key].(string); ok {
			return s
		}
	}
	if n, ok := e["initial_date_time"].(float64); ok {
		return strconv.FormatInt(int64(n), 10)
	}
	if o, ok := e["initial_option"].(map[string]any); ok {
		s, _ := o["value"].(string)
		return s
	}
	var values []string
	list, _ := e["initial_options"].([]any)
	for _, o := range list {
		m, _ := o.(map[string]any)
		s, _ := m["value"].(string)
		values = append(values, s)
	}
	return strings.Join(values, "\n")
}
