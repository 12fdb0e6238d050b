package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/page"
)

func (a *api) noticeRoutes() {
	handle(a, operation{
		id: "list-notices", method: http.MethodGet, path: "/v1/communities/{community}/notices", tag: "membership",
		actions: []string{authz.NoticeList},
		codes:   []fault.Code{fault.NotFound, fault.NotAMember, fault.SignInRequired},
		summary: "What staff did with what is yours",
		about:   "Each opening of your sealed words, and each telling of who you are, with role, purpose and time, the newest first; also for who has left and for who was banned. What you read of it is marked nowhere.",
	}, a.listNotices)
}

// NoticeView is what a member is told of one act.
type NoticeView struct {
	ID          string    `json:"id" doc:"id of the notice" example:"5d8e1c07-b9f2-4a63-8e41-70c2d6f9a358"`
	Kind        string    `json:"kind" enum:"opened,unmasked" doc:"opened: sealed words or files were opened; unmasked: somebody was told which account your persona belongs to" example:"opened"`
	Roles       []string  `json:"roles" doc:"what they are here who did it: moderator, programme_lead, operator, member" example:"[\"moderator\"]"`
	Purpose     string    `json:"purpose" doc:"what it was done for" example:"moderation"`
	PurposeCode string    `json:"purpose_code" doc:"the nearest code of HL7's v3 ActReason; empty where there is none" example:"HOPERAT"`
	At          time.Time `json:"at" doc:"in UTC" example:"2026-09-02T10:15:30Z"`
	About       string    `json:"about" enum:"topic,post,attachment,persona" doc:"what the ids are of" example:"post"`
	IDs         []string  `json:"ids" doc:"of yours, at most a hundred" example:"[\"c41a7d90-2e6b-4b83-9f57-18d03ac6e274\"]"`
	Count       int       `json:"count" doc:"how many of yours there were" example:"1"`
}

func (a *api) listNotices(ctx context.Context, by member.Actor, in *struct {
	InCommunity
	Paging
},
) (*pageOut[NoticeView], error) {
	id, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	list := "notices of " + by.Persona(id).String()
	ask, err := page.Decode[notice.Position](a.Cursors, list, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	notices, err := a.Directory.Notices(ctx, by, id, ask)
	if err != nil {
		return nil, err
	}
	return viewPage(a, notices, list, "/v1/communities/"+id.String()+"/notices", in.Limit, viewNotice)
}

func viewNotice(n notice.Notice) NoticeView {
	purpose, _ := authz.PurposeNamed(n.Purpose)
	ids := make([]string, len(n.Things))
	for i, id := range n.Things {
		ids[i] = id.String()
	}
	roles := strings.FieldsFunc(n.Role, func(r rune) bool { return r == '+' })
	return NoticeView{
		ID: n.ID.String(), Kind: string(n.Kind), Roles: roles, Purpose: n.Purpose, PurposeCode: purpose.HL7,
		At: n.At, About: string(n.Sort), IDs: ids, Count: n.Count,
	}
}
