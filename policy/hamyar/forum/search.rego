# Who may read the conversation of a community may search it, where the community lets itself be searched. What is
# found is judged post by post, like any list of posts.
package hamyar.forum

# METADATA
# title: Readers search
# custom:
#   fa: خوانندگان جست‌وجو می‌کنند
granted if {
	input.action == "search.query"
	reader
	input.community_search in {"segments", "tags"}
}

# METADATA
# title: Only readers search
# custom:
#   fa: فقط خوانندگان جست‌وجو می‌کنند
reasons contains "members_only" if {
	input.action == "search.query"
	not reader
}

# METADATA
# title: Search is off here
# description: Only a reader learns that a place isn't searched.
# custom:
#   fa: جست‌وجو اینجا خاموش است
reasons contains "search_off" if {
	input.action == "search.query"
	reader
	input.community_search == "off"
}
