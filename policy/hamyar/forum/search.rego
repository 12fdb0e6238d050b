# Who may read the conversation of a community may search it, where the community lets itself be searched. What is
# found is judged post by post, like any list of posts.
package hamyar.forum

granted if {
	input.action == "search.query"
	reader
	input.community_search in {"segments", "tags"}
}

reasons contains "members_only" if {
	input.action == "search.query"
	not reader
}

# Only a reader learns that a place isn't searched.
reasons contains "search_off" if {
	input.action == "search.query"
	reader
	input.community_search == "off"
}
