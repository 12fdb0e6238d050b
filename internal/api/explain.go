package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
)

// ProblemRule is a rule of policy that a request was refused by.
type ProblemRule struct {
	Code  string `json:"code" doc:"the reason that it gives" example:"members_only"`
	Text  string `json:"text" doc:"what it has to say to you, in the reader's language" example:"Only members of this community can read this. You can join it."`
	Rule  string `json:"rule" doc:"its name in the policy" example:"hamyar.forum.reasons"`
	Title string `json:"title" doc:"what the rule is about, in the reader's language" example:"Only members read here"`
}

// why is the parameter by which any request asks which rule refuses it.
const why = "explain"

var whyParameter = &huma.Param{
	Name: why, In: "query",
	Description: "1 or true: if policy refuses the request, its problem names the rule in `explanation`. What you may not know of stays a plain 404.",
	Schema:      &huma.Schema{Type: huma.TypeString, Enum: []any{"0", "1", "false", "true"}},
}

type whyKey struct{}

// asksWhy takes the parameter out of a request: it is no operation's own.
func asksWhy(r *http.Request) (bool, error) {
	query := r.URL.Query()
	if !query.Has(why) {
		return false, nil
	}
	said := query[why]
	if len(said) > 1 {
		return false, fault.New(fault.Invalid).At(why, fault.RepeatedField)
	}
	if !slices.Contains(whyParameter.Schema.Enum, any(said[0])) {
		return false, fault.New(fault.Invalid).At(why, fault.NotInList)
	}
	query.Del(why)
	r.URL.RawQuery = query.Encode()
	return said[0] == "1" || said[0] == "true", nil
}

// explained is by which rules policy refused, for whoever asks and may know. It is nothing where the refusal has another
// cause, and where it hides something. An explanation that can't be had is none: the refusal stands without it.
func (a *api) explained(ctx context.Context, by member.Actor, err error) []ProblemRule {
	if asked, _ := ctx.Value(whyKey{}).(bool); !asked {
		return nil
	}
	refused, ours := refusal(ctx, err)
	if !ours {
		return nil
	}
	may, failed := a.Policy.Decide(ctx, by.Facts(authz.PolicyExplain, "none", uuid.Nil, a.Clock()))
	if failed != nil || !may.Allow {
		return nil
	}
	told, failed := a.Policy.Told(ctx, refused.Facts)
	if failed != nil {
		return nil
	}
	var rules []ProblemRule
	for _, g := range told {
		rules = append(rules, viewRule(g, languageIn(ctx)))
	}
	return rules
}

// viewRule is a rule in the reader's language: an operator's in the operator's words, any other in ours.
func viewRule(g authz.Ground, language string) ProblemRule {
	ours := g.Reason.In(language)
	view := ProblemRule{Code: string(g.Reason), Text: g.Says.In(language), Rule: g.Rule, Title: titleOf(g, language)}
	if view.Text == "" {
		view.Text = ours.Detail
	}
	if view.Title == "" {
		view.Title = ours.Title
	}
	return view
}

// titleOf is the title of the rule, or of the feature that it is part of; nothing where neither is in this language.
func titleOf(g authz.Ground, language string) string {
	for _, title := range []authz.Words{g.Title, g.Feature} {
		if language != "fa" && title.En != "" {
			return title.En
		}
		if language == "fa" && title.Fa != "" {
			return title.Fa
		}
	}
	return ""
}

// ownParameters are those that not every operation takes.
func ownParameters(op *huma.Operation) []*huma.Param {
	return slices.DeleteFunc(slices.Clone(op.Parameters), func(p *huma.Param) bool { return p.Ref != "" })
}
