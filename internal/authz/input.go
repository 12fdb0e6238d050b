package authz

import "github.com/open-policy-agent/opa/v1/ast"

// input is the facts as the policy reads them. It is built by hand, because reflection would cost more than the
// judgement.
func (f Facts) input() ast.Object {
	return ast.NewObject(
		pair("action", ast.InternedTerm(f.Action)),
		pair("signed_in", ast.InternedTerm(f.SignedIn)),
		pair("aal", ast.InternedTerm(f.AAL)),
		pair("recent_sign_in", ast.InternedTerm(f.RecentSignIn)),
		pair("operator", ast.InternedTerm(f.Operator)),
		pair("programme_lead", ast.InternedTerm(f.ProgrammeLead)),
		pair("researcher", ast.InternedTerm(f.Researcher)),
		pair("purpose", word(f.Purpose)),
		pair("lifted", word(f.Lifted)),
		pair("by_key", ast.InternedTerm(f.ByKey)),
		pair("in_scope", ast.InternedTerm(f.InScope)),
		pair("always_fresh", ast.InternedTerm(f.AlwaysFresh)),
		pair("community_visibility", word(f.CommunityVisibility)),
		pair("join_policy", word(f.JoinPolicy)),
		pair("archived", ast.InternedTerm(f.Archived)),
		pair("sensitivity", ast.InternedTerm(f.Sensitivity)),
		pair("community_search", word(f.CommunitySearch)),
		pair("community_attachments", ast.InternedTerm(f.CommunityAttachments)),
		pair("member_state", word(f.MemberState)),
		pair("member_role", word(f.MemberRole)),
		pair("rules_accepted", ast.InternedTerm(f.RulesAccepted)),
		pair("invited", ast.InternedTerm(f.Invited)),
		pair("is_author", ast.InternedTerm(f.IsAuthor)),
		pair("status", word(f.Status)),
		pair("topic_status", word(f.TopicStatus)),
		pair("topic_locked", ast.InternedTerm(f.TopicLocked)),
		pair("others_replied", ast.InternedTerm(f.OthersReplied)),
	)
}

func pair(name string, value *ast.Term) [2]*ast.Term {
	return [2]*ast.Term{ast.InternedTerm(name), value}
}

func word(text string) *ast.Term {
	if text == "" {
		text = "none"
	}
	return ast.InternedTerm(text)
}
