# METADATA
# title: Search
# description: >-
#   Who may read the conversation of a community may search it, where the community lets itself be searched. What is
#   found is judged post by post, like any list of posts.
package hamyar.search

import data.hamyar.forum

# METADATA
# title: Granted
# description: What any reader may do.
granted if {
	input.action == "search.query"
	forum.reader
	input.community_search in {"segments", "tags"}
}

# METADATA
# title: Reasons
# scope: document
# description: >-
#   Why not. Only a reader learns that a place isn't searched.
reasons contains "members_only" if {
	input.action == "search.query"
	not forum.reader
}

reasons contains "search_off" if {
	input.action == "search.query"
	forum.reader
	input.community_search == "off"
}
