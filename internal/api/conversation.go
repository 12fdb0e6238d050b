package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
)

// What inputs share. The names are exported because huma passes over embedded types that are not.

// InCommunity is an input under a community.
type InCommunity struct {
	Community string `path:"community" doc:"id of the community" example:"6f1c1e0a-52f0-4b59-8a7a-0a3c5f0d9a11"`
}

// InTopic is an input under a topic.
type InTopic struct {
	InCommunity
	Topic string `path:"topic" doc:"id of the topic" example:"0b7e4c52-93d8-4f1e-a6c4-7d2f9e81b305"`
}

// InPost is an input under a post.
type InPost struct {
	InCommunity
	Post string `path:"post" doc:"id of the post" example:"c41a7d90-2e6b-4b83-9f57-18d03ac6e274"`
}

// Repeatable is an input that may be sent twice and works once.
type Repeatable struct {
	Key string `header:"Idempotency-Key" maxLength:"200" doc:"a key of your own making: repeating the request with it does nothing twice" example:"8f14e45f-ea3b-4d7a-9c1b-2e6f0a7d5b13"`
}

// Guarded is an input that holds only for the version that its sender read.
type Guarded struct {
	IfMatch string `header:"If-Match" maxLength:"64" doc:"the ETag that you read" example:"\"3\""`
}

// GuardedTopic is the same for a topic, whose tag has the version of its opening beside its own.
type GuardedTopic struct {
	IfMatch string `header:"If-Match" maxLength:"64" doc:"the ETag that you read" example:"\"3.1\""`
}

type createdOut[T any] struct {
	Location string `header:"Location" doc:"where it is now"`
	ETag     string `header:"ETag" doc:"for If-Match"`
	Replayed string `header:"Idempotent-Replayed" doc:"true where an earlier request with this key had done it"`
	Body     T
}

type taggedOut[T any] struct {
	ETag string `header:"ETag" doc:"for If-Match"`
	Body T
}

var readCodes = []fault.Code{fault.NotFound, fault.MembersOnly, fault.SignInRequired, fault.SecondFactor, fault.Banned}

func (a *api) conversationRoutes() {
	const topics, posts = "/v1/communities/{community}/topics", "/v1/communities/{community}/posts"
	write := slices.Concat(readCodes, []fault.Code{fault.NotAMember, fault.Archived, fault.Locked})
	attach := slices.Concat(write, []fault.Code{fault.AttachmentsOff})
	change := slices.Concat(write, []fault.Code{fault.NotTheAuthor})
	handle(a, operation{
		id: "list-topics", method: http.MethodGet, path: topics, tag: "conversation", public: true, codes: readCodes,
		actions: []string{authz.TopicList, authz.TopicRead},
		summary: "Topics of a community", about: "The last active first.",
	}, a.listTopics)
	handle(a, operation{
		id: "create-topic", method: http.MethodPost, path: topics, tag: "conversation", status: http.StatusCreated, codes: attach,
		actions: []string{authz.TopicCreate, authz.AttachmentCreate, authz.TopicRead, authz.PostRead},
		summary: "Open a topic", about: "The text becomes its first post.",
	}, a.createTopic)
	handle(a, operation{
		id: "read-topic", method: http.MethodGet, path: topics + "/{topic}", tag: "conversation", public: true, codes: readCodes,
		actions: []string{authz.TopicRead, authz.PostRead},
		summary: "One topic with its opening post",
	}, a.readTopic)
	handle(a, operation{
		id: "edit-topic", method: http.MethodPatch, path: topics + "/{topic}", tag: "conversation", codes: change,
		actions: []string{authz.TopicEdit, authz.TopicRead, authz.PostRead},
		summary: "Change one's own title, opening text, or both",
	}, a.editTopic)
	handle(a, operation{
		id: "delete-topic", method: http.MethodDelete, path: topics + "/{topic}", tag: "conversation", codes: change,
		actions: []string{authz.TopicDelete, authz.TopicRemove},
		summary: "Take a topic away", about: "Its author takes back title and opening; replies of others stay. Staff remove the whole.",
	}, a.deleteTopic)
	handle(a, operation{
		id: "list-posts", method: http.MethodGet, path: topics + "/{topic}/posts", tag: "conversation", public: true, codes: readCodes,
		actions: []string{authz.PostList, authz.PostRead},
		summary: "Posts of a topic", about: "The oldest first.",
	}, a.listPosts)
	handle(a, operation{
		id: "create-post", method: http.MethodPost, path: topics + "/{topic}/posts", tag: "conversation", status: http.StatusCreated, codes: attach,
		actions: []string{authz.PostCreate, authz.AttachmentCreate, authz.PostRead},
		summary: "Reply in a topic",
	}, a.createPost)
	handle(a, operation{
		id: "read-post", method: http.MethodGet, path: posts + "/{post}", tag: "conversation", public: true, codes: readCodes,
		actions: []string{authz.PostRead},
		summary: "One post, with its source",
	}, a.readPost)
	handle(a, operation{
		id: "edit-post", method: http.MethodPatch, path: posts + "/{post}", tag: "conversation", codes: slices.Concat(change, []fault.Code{fault.AttachmentsOff}),
		actions: []string{authz.PostEdit, authz.AttachmentCreate, authz.PostRead},
		summary: "Change one's own post",
	}, a.editPost)
	handle(a, operation{
		id: "delete-post", method: http.MethodDelete, path: posts + "/{post}", tag: "conversation", codes: change,
		actions: []string{authz.PostDelete, authz.PostRemove},
		summary: "Take a post away", about: "One's own words are gone at once. Staff remove, and the words stay sealed until the time for an appeal is over.",
	}, a.deletePost)
}

func (a *api) listTopics(ctx context.Context, by member.Actor, in *struct {
	InCommunity
	UnderGlass
	Paging
},
) (*pageOut[TopicView], error) {
	id, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	if by, err = a.holding(ctx, by, id, in.UnderGlass); err != nil {
		return nil, err
	}
	list := "topics of " + id.String()
	ask, err := page.Decode[forum.Position](a.Cursors, list, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	topics, err := a.Board.Topics(ctx, by, id, ask)
	if err != nil {
		return nil, err
	}
	return viewPage(a, topics, list, "/v1/communities/"+id.String()+"/topics", in.Limit, viewTopic)
}

func (a *api) listPosts(ctx context.Context, by member.Actor, in *struct {
	InTopic
	UnderGlass
	Paging
},
) (*pageOut[PostView], error) {
	id, topic, err := idsOf(in.Community, in.Topic)
	if err != nil {
		return nil, err
	}
	if by, err = a.holding(ctx, by, id, in.UnderGlass); err != nil {
		return nil, err
	}
	list := "posts of " + topic.String()
	ask, err := page.Decode[int](a.Cursors, list, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	posts, err := a.Board.Posts(ctx, by, id, topic, ask)
	if err != nil {
		return nil, err
	}
	return viewPage(a, posts, list, "/v1/communities/"+id.String()+"/topics/"+topic.String()+"/posts", in.Limit, viewPost)
}

func (a *api) createTopic(ctx context.Context, by member.Actor, in *struct {
	InCommunity
	Repeatable
	Body struct {
		Title string `json:"title" minLength:"1" maxLength:"200" example:"First winter with a pump" doc:"one line"`
		Text  string `json:"text" minLength:"1" maxLength:"40000" doc:"Markdown" example:"How do you keep the tubing warm outside?"`

		Attachments []wantedAttachment `json:"attachments,omitempty" maxItems:"8" doc:"what was uploaded before and goes with it"`
	}
},
) (*createdOut[topicWithOpeningView], error) {
	id, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	wanted, err := wantedOf(in.Body.Attachments)
	if err != nil {
		return nil, err
	}
	topic, replayed, err := a.Board.CreateTopic(ctx, by, id, forum.NewTopic{Title: in.Body.Title, Text: in.Body.Text, Attachments: wanted}, in.Key)
	if err != nil {
		return nil, err
	}
	view := viewTopicWithOpening(topic)
	return &createdOut[topicWithOpeningView]{Location: "/v1/communities/" + id.String() + "/topics/" + view.ID, ETag: view.ETag, Replayed: yes(replayed), Body: view}, nil
}

func (a *api) createPost(ctx context.Context, by member.Actor, in *struct {
	InTopic
	Repeatable
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"40000" doc:"Markdown" example:"I tuck it under a wool layer."`

		Attachments []wantedAttachment `json:"attachments,omitempty" maxItems:"8" doc:"what was uploaded before and goes with it"`
	}
},
) (*createdOut[postWithTextView], error) {
	id, topic, err := idsOf(in.Community, in.Topic)
	if err != nil {
		return nil, err
	}
	wanted, err := wantedOf(in.Body.Attachments)
	if err != nil {
		return nil, err
	}
	post, replayed, err := a.Board.CreatePost(ctx, by, id, topic, in.Body.Text, in.Key, wanted...)
	if err != nil {
		return nil, err
	}
	view := viewPostWithText(post)
	return &createdOut[postWithTextView]{Location: "/v1/communities/" + id.String() + "/posts/" + view.ID, ETag: view.ETag, Replayed: yes(replayed), Body: view}, nil
}

func (a *api) readTopic(ctx context.Context, by member.Actor, in *struct {
	InTopic
	UnderGlass
},
) (*taggedOut[topicWithOpeningView], error) {
	id, topic, err := idsOf(in.Community, in.Topic)
	if err != nil {
		return nil, err
	}
	if by, err = a.holding(ctx, by, id, in.UnderGlass); err != nil {
		return nil, err
	}
	t, err := a.Board.Topic(ctx, by, id, topic)
	return topicOut(t, err)
}

func (a *api) editTopic(ctx context.Context, by member.Actor, in *struct {
	InTopic
	GuardedTopic
	Body struct {
		Title *string `json:"title,omitempty" minLength:"1" maxLength:"200" doc:"one line" example:"Second winter with a pump"`
		Text  *string `json:"text,omitempty" minLength:"1" maxLength:"40000" doc:"Markdown of the opening post"`
	}
},
) (*taggedOut[topicWithOpeningView], error) {
	id, topic, err := idsOf(in.Community, in.Topic)
	if err != nil {
		return nil, err
	}
	versions, err := topicVersionsOf(in.IfMatch)
	if err != nil {
		return nil, err
	}
	t, err := a.Board.EditTopic(ctx, by, id, topic, versions, in.Body.Title, in.Body.Text)
	return topicOut(t, err)
}

func topicOut(t forum.Topic, err error) (*taggedOut[topicWithOpeningView], error) {
	if err != nil {
		return nil, err
	}
	view := viewTopicWithOpening(t)
	return &taggedOut[topicWithOpeningView]{ETag: view.ETag, Body: view}, nil
}

func (a *api) deleteTopic(ctx context.Context, by member.Actor, in *struct {
	InTopic
	GuardedTopic
},
) (*struct{}, error) {
	id, topic, err := idsOf(in.Community, in.Topic)
	if err != nil {
		return nil, err
	}
	var versions *forum.TopicVersions
	if in.IfMatch != "" {
		v, err := topicVersionsOf(in.IfMatch)
		if err != nil {
			return nil, err
		}
		versions = &v
	}
	return nil, a.Board.DeleteTopic(ctx, by, id, topic, versions)
}

func (a *api) readPost(ctx context.Context, by member.Actor, in *struct {
	InPost
	UnderGlass
},
) (*taggedOut[postWithTextView], error) {
	id, post, err := idsOf(in.Community, in.Post)
	if err != nil {
		return nil, err
	}
	if by, err = a.holding(ctx, by, id, in.UnderGlass); err != nil {
		return nil, err
	}
	p, err := a.Board.Post(ctx, by, id, post)
	return postOut(p, err)
}

func (a *api) editPost(ctx context.Context, by member.Actor, in *struct {
	InPost
	Guarded
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"40000" doc:"Markdown" example:"I tuck it under a wool layer, and the clip inside the waistband."`

		Attachments []wantedAttachment `json:"attachments,omitempty" maxItems:"8" doc:"all that goes with it from now on; without this field, what went with it before"`
	}
},
) (*taggedOut[postWithTextView], error) {
	id, post, err := idsOf(in.Community, in.Post)
	if err != nil {
		return nil, err
	}
	version, err := versionOf(in.IfMatch)
	if err != nil {
		return nil, err
	}
	if in.Body.Attachments == nil {
		return postOut(a.Board.EditPost(ctx, by, id, post, version, in.Body.Text))
	}
	wanted, err := wantedOf(in.Body.Attachments)
	if err != nil {
		return nil, err
	}
	p, err := a.Board.EditPost(ctx, by, id, post, version, in.Body.Text, wanted)
	return postOut(p, err)
}

func postOut(p forum.Post, err error) (*taggedOut[postWithTextView], error) {
	if err != nil {
		return nil, err
	}
	view := viewPostWithText(p)
	return &taggedOut[postWithTextView]{ETag: view.ETag, Body: view}, nil
}

func (a *api) deletePost(ctx context.Context, by member.Actor, in *struct {
	InPost
	Guarded
},
) (*struct{}, error) {
	id, post, err := idsOf(in.Community, in.Post)
	if err != nil {
		return nil, err
	}
	version := forum.AnyVersion
	if in.IfMatch != "" {
		if version, err = versionOf(in.IfMatch); err != nil {
			return nil, err
		}
	}
	return nil, a.Board.DeletePost(ctx, by, id, post, version)
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return ""
}
