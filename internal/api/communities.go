package api

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
)

var staffCodes = []fault.Code{fault.SignInRequired, fault.SecondFactor, fault.NotAllowed, fault.Banned, fault.NotFound}

func (a *api) communityRoutes() {
	const all, one = "/v1/communities", "/v1/communities/{community}"
	handle(a, operation{
		id: "list-communities", method: http.MethodGet, path: all, tag: "communities", public: true,
		actions: []string{authz.CommunityList},
		summary: "The directory", about: "The busiest first. Hidden communities are in nobody's directory but their staff's.",
	}, a.listCommunities)
	handle(a, operation{
		id: "create-community", method: http.MethodPost, path: all, tag: "communities", status: http.StatusCreated,
		actions: []string{authz.CommunityCreate, authz.CommunityRead},
		codes:   staffCodes, summary: "Found a community",
		about: "What is left out of visibility, join policy, search and attachments is what is usual for its kind and sensitivity: where being known as a member would hurt, members alone read, one joins by invitation, and there is neither search nor attachments.",
	}, a.createCommunity)
	handle(a, operation{
		id: "read-community", method: http.MethodGet, path: one, tag: "communities", public: true, codes: []fault.Code{fault.NotFound, fault.SignInRequired, fault.SecondFactor},
		actions: []string{authz.CommunityRead},
		summary: "One community, with who runs it and its ground rules", about: "What one should know before joining.",
	}, a.readCommunity)
	handle(a, operation{
		id: "edit-community", method: http.MethodPatch, path: one, tag: "communities", codes: staffCodes,
		actions: []string{authz.CommunityEdit, authz.CommunityGovern, authz.CommunityRead},
		summary: "Change a community", about: "New ground rules become a new version.",
	}, a.editCommunity)
}

func (a *api) listCommunities(ctx context.Context, by member.Actor, in *struct {
	Language string `query:"language" enum:"en,fa" doc:"only communities in this language"`
	Paging
},
) (*pageOut[CommunityCardView], error) {
	list := "communities in " + in.Language
	ask, err := page.Decode[community.Position](a.Cursors, list, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	communities, err := a.Directory.List(ctx, by, in.Language, ask)
	if err != nil {
		return nil, err
	}
	return viewPage(a, communities, list, "/v1/communities", in.Limit, viewCard)
}

func (a *api) createCommunity(ctx context.Context, by member.Actor, in *struct {
	Repeatable
	Body struct {
		Programme   string `json:"programme" doc:"id of the programme that will own it" example:"9d52b3f7-06ac-4e18-b2d9-5c7e41f8a063"`
		Language    string `json:"language" enum:"en,fa" doc:"in which people talk here" example:"en"`
		Kind        string `json:"kind" enum:"chronic_illness,vaccination,smoking_cessation,weight,general" doc:"what it is about" example:"smoking_cessation"`
		Name        string `json:"name" minLength:"1" maxLength:"120" doc:"one line" example:"Mornings without smoke"`
		Description string `json:"description" minLength:"1" maxLength:"4000" doc:"Markdown" example:"For the first year, and the one after it."`
		Rules       string `json:"rules" minLength:"1" maxLength:"10000" doc:"ground rules, Markdown" example:"Speak from your own life. Never give a dose."`
		Sensitivity int    `json:"sensitivity" minimum:"1" maximum:"3" doc:"1: ordinary; 2: private; 3: being known as a member would hurt" example:"2"`
		Visibility  string `json:"visibility,omitempty" enum:"public,members,invitation,hidden" doc:"public: anybody reads; members: members read; invitation: it is found by all and joined by invitation; hidden: only its members and who runs it know of it" example:"members"`
		JoinPolicy  string `json:"join_policy,omitempty" enum:"open,invitation,closed" doc:"open: anybody who accepts the rules; invitation: with a code; closed: nobody for now" example:"open"`
		Attachments *bool  `json:"attachments,omitempty" doc:"whether pictures and documents can be added to posts"`
		Search      string `json:"search,omitempty" enum:"segments,tags,off" doc:"how its posts can be searched; tags: by whole words, for very large communities; off: no index is made" example:"segments"`
	}
},
) (*createdOut[communityView], error) {
	programme, err := uuid.Parse(in.Body.Programme)
	if err != nil {
		return nil, fault.New(fault.Invalid).At("/programme", fault.BadFormat)
	}
	b := in.Body
	c, err := a.Directory.Create(ctx, by, community.Founding{
		Programme: programme, Language: b.Language, Kind: b.Kind, Name: b.Name, Description: b.Description, Rules: b.Rules,
		Settings: community.Settings{Sensitivity: b.Sensitivity, Visibility: b.Visibility, JoinPolicy: b.JoinPolicy, Search: b.Search, Attachments: b.Attachments},
	}, in.Key)
	if err != nil {
		return nil, err
	}
	view := viewCommunity(c)
	return &createdOut[communityView]{Location: "/v1/communities/" + view.ID, ETag: view.ETag, Replayed: yes(c.Replayed), Body: view}, nil
}

func (a *api) readCommunity(ctx context.Context, by member.Actor, in *struct {
	InCommunity
	Invitation string `header:"Hamyar-Invitation" maxLength:"64" doc:"an invitation lets one read the card and the rules of a hidden community before joining"`
},
) (*taggedOut[communityView], error) {
	id, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	return communityOut(a.Directory.Read(ctx, by, id, in.Invitation))
}

func (a *api) editCommunity(ctx context.Context, by member.Actor, in *struct {
	InCommunity
	Guarded
	Body struct {
		Name        *string `json:"name,omitempty" minLength:"1" maxLength:"120" doc:"one line"`
		Description *string `json:"description,omitempty" minLength:"1" maxLength:"4000" doc:"Markdown"`
		Kind        *string `json:"kind,omitempty" enum:"chronic_illness,vaccination,smoking_cessation,weight,general" doc:"what it is about"`
		Rules       *string `json:"rules,omitempty" minLength:"1" maxLength:"10000" doc:"ground rules, Markdown; they become a new version" example:"Speak from your own life. Never give a dose, nor ask for one."`
		Sensitivity *int    `json:"sensitivity,omitempty" minimum:"1" maximum:"3" doc:"1: ordinary; 2: private; 3: being known as a member would hurt"`
		Visibility  *string `json:"visibility,omitempty" enum:"public,members,invitation,hidden" doc:"public: anybody reads; members: members read; invitation: it is found by all and joined by invitation; hidden: only its members and who runs it know of it"`
		JoinPolicy  *string `json:"join_policy,omitempty" enum:"open,invitation,closed" doc:"open: anybody who accepts the rules; invitation: with a code; closed: nobody for now" example:"invitation"`
		Archived    *bool   `json:"archived,omitempty" doc:"whether it is only read any more"`
		Search      *string `json:"search,omitempty" enum:"segments,tags,off" doc:"how its posts can be searched; tags: by whole words, for very large communities; off: no index is made"`
		Attachments *bool   `json:"attachments,omitempty" doc:"whether pictures and documents can be added to posts"`
	}
},
) (*taggedOut[communityView], error) {
	id, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	version, err := versionOf(in.IfMatch)
	if err != nil {
		return nil, err
	}
	return communityOut(a.Directory.Edit(ctx, by, id, version, community.Change(in.Body)))
}

func communityOut(c community.Community, err error) (*taggedOut[communityView], error) {
	if err != nil {
		return nil, err
	}
	view := viewCommunity(c)
	return &taggedOut[communityView]{ETag: view.ETag, Body: view}, nil
}
