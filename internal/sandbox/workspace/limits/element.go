package limits

import "maps"

const (
	mostButton       = 75
	mostValue        = 2000
	mostPlaceholder  = 150
	mostOptions      = 100
	mostOptionText   = 75
	mostOptionValue  = 150
	mostChoices      = 10 // check boxes and radio buttons
	mostConfirmTitle = 100
	mostConfirmText  = 300
	mostConfirmLabel = 30
	mostInput        = 3000
)

// Where which element may stand.
var (
	contextElement = variant(map[string]check{
		"image": object(typed(imageFields())), "mrkdwn": mrkdwn(1, mostTextObj), "plain_text": plain(1, mostTextObj),
	})
	actionElement = variant(interactive(nil))
	accessory     = variant(interactive(with(multis(), "image", object(typed(imageFields())))))
	inputElement  = variant(inputs())
)

func typed(s shape) shape {
	s["type"] = must(anything)
	return s
}

// element is what a person can act on. Its action id must be the only one of its kind in the block.
func element(s shape) check {
	s["action_id"] = may(str(0, mostID))
	s["confirm"] = may(confirm)
	s["focus_on_load"] = may(boolean)
	f := object(typed(s))
	return func(c *checker, path string, v any) {
		f(c, path, v)
		m, _ := v.(map[string]any)
		id, _ := m["action_id"].(string)
		if id != "" && c.action[id] {
			c.fault(path+"/action_id", "action_id already exists: %s", id)
		}
		c.action[id] = true
	}
}

func interactive(more map[string]check) map[string]check {
	out := map[string]check{
		"button": button(nil), "workflow_button": button(shape{"workflow": must(anyObject)}),
		"static_select":   static(choose("initial_option", optionLists())),
		"external_select": choose("initial_option", shape{"min_query_length": may(whole(0, mostInput))}),
		"users_select":    choose("initial_user", nil), "channels_select": choose("initial_channel", responding()),
		"conversations_select": choose("initial_conversation", conversation()),
		"overflow":             element(shape{"options": must(array(1, 5, option(true, false)))}),
		"datepicker":           choose("initial_date", nil), "timepicker": choose("initial_time", shape{"timezone": may(anything)}),
		"datetimepicker": element(shape{"initial_date_time": may(whole(0, 1<<40))}),
		"checkboxes": element(shape{
			"options": must(array(1, mostChoices, option(false, true))), "initial_options": may(array(1, mostChoices, option(false, true))),
		}),
		"radio_buttons": element(shape{
			"options": must(array(1, mostChoices, option(false, true))), "initial_option": may(option(false, true)),
		}),
	}
	maps.Copy(out, more)
	return out
}

func button(more shape) check {
	s := shape{
		"text": must(plain(1, mostButton)), "url": may(str(0, mostURL)), "value": may(str(0, mostValue)),
		"style": may(enum("primary", "danger")), "accessibility_label": may(str(0, mostButton)),
	}
	maps.Copy(s, more)
	return element(s)
}

func choose(initial string, more shape) check {
	s := shape{"placeholder": may(plain(1, mostPlaceholder)), initial: may(anything)}
	maps.Copy(s, more)
	return element(s)
}

func multi(initial string, more shape) check {
	s := shape{"max_selected_items": may(whole(1, mostOptions)), "min_query_length": may(whole(0, mostInput))}
	maps.Copy(s, more)
	return choose(initial, s)
}

func multis() map[string]check {
	return map[string]check{
		"multi_static_select": static(multi("initial_options", optionLists())), "multi_external_select": multi("initial_options", nil),
		"multi_users_select": multi("initial_users", nil), "multi_channels_select": multi("initial_channels", nil),
		"multi_conversations_select": multi("initial_conversations", conversation()),
	}
}

func with(kinds map[string]check, kind string, f check) map[string]check {
	kinds[kind] = f
	return kinds
}

func responding() shape { return shape{"response_url_enabled": may(boolean)} }

func conversation() shape {
	return shape{
		"default_to_current_conversation": may(boolean), "response_url_enabled": may(boolean), "filter": may(anyObject),
	}
}

// static needs something to choose from.
func static(f check) check {
	return func(c *checker, path string, v any) {
		f(c, path, v)
		if m, _ := v.(map[string]any); m["options"] == nil && m["option_groups"] == nil {
			c.fault(path, "missing required field: options or option_groups")
		}
	}
}

func optionLists() shape { return listsOf(1) }

func listsOf(least int) shape {
	list := array(least, mostOptions, option(false, false))
	group := object(shape{"label": must(plain(1, mostOptionText)), "options": must(list)})
	return shape{"options": may(list), "option_groups": may(array(least, mostOptions, group))}
}

// option is one choice; a link belongs into overflow menus only, formatted text into check boxes and radio buttons only.
func option(link, formatted bool) check {
	words := plain
	if formatted {
		words = text
	}
	s := shape{
		"text": must(words(1, mostOptionText)), "value": must(str(1, mostOptionValue)), "description": may(words(1, mostOptionText)),
	}
	if link {
		s["url"] = may(str(1, mostURL))
	}
	return object(s)
}

func confirm(c *checker, path string, v any) {
	object(shape{
		"title": must(plain(1, mostConfirmTitle)), "text": must(text(1, mostConfirmText)), "confirm": must(plain(1, mostConfirmLabel)),
		"deny": must(plain(1, mostConfirmLabel)), "style": may(enum("primary", "danger")),
	})(c, path, v)
}

// inputs are the elements of input blocks: all but buttons and overflow menus, and those to type into.
func inputs() map[string]check {
	out := interactive(multis())
	maps.Copy(out, map[string]check{
		"plain_text_input": typing(shape{
			"multiline": may(boolean), "min_length": may(whole(0, mostInput)), "max_length": may(whole(1, mostInput)),
		}),
		"email_text_input": typing(nil), "url_text_input": typing(nil), "rich_text_input": typing(nil),
		"number_input": typing(shape{"is_decimal_allowed": must(boolean), "min_value": may(anything), "max_value": may(anything)}),
		"file_input":   element(shape{"filetypes": may(anything), "max_files": may(whole(1, 10))}),
	})
	delete(out, "button")
	delete(out, "workflow_button")
	delete(out, "overflow")
	return out
}

func typing(more shape) check {
	s := shape{
		"initial_value": may(anything), "placeholder": may(plain(1, mostPlaceholder)), "dispatch_action_config": may(anyObject),
	}
	maps.Copy(s, more)
	return element(s)
}
