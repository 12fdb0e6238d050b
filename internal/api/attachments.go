package api

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/attachment/picture"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
)

// InAttachment is an input under an attachment.
type InAttachment struct {
	InCommunity
	Attachment string `path:"attachment" doc:"id of the attachment" example:"5b8e1d27-40c9-4f6a-93d1-2c7a9e60f814"`
}

// Uploading is the file of a request, which is read as it comes.
type Uploading struct {
	InCommunity
	Repeatable
	mediaType string
	file      io.Reader
}

// Resolve is for huma: it takes the file where no body is expected.
func (u *Uploading) Resolve(ctx huma.Context) []error {
	r, w := humaUnwrap(ctx)
	u.mediaType, u.file = r.Header.Get("Content-Type"), incoming(w, r)
	return nil
}

func (a *api) attachmentRoutes() {
	const all, one = "/v1/communities/{community}/attachments", "/v1/communities/{community}/attachments/{attachment}"
	add := slices.Concat(readCodes, []fault.Code{
		fault.NotAMember, fault.Archived, fault.AttachmentsOff, fault.AttachmentsWaiting, fault.Busy, fault.SlowRequest, fault.Malformed, fault.FileTooLarge,
		fault.PictureUnsupported, fault.PictureMalformed, fault.PictureAnimated, fault.PictureTooLarge, fault.DocumentMalformed,
	})
	handle(a, operation{
		id: "upload-attachment", method: http.MethodPost, path: all, tag: "conversation", status: http.StatusCreated, codes: add,
		actions: []string{authz.AttachmentCreate},
		sends:   []string{picture.JPEG, picture.PNG, picture.WebP, picture.PDF},
		summary: "Upload a picture or a document",
		about:   "The body is the file. Of a picture a new one is made, without anything that the file told besides; a document stays as it is. Until a post takes it, it is yours alone, and it goes by itself after a day.",
	}, a.uploadAttachment)
	handle(a, operation{
		id: "read-attachment", method: http.MethodGet, path: one, tag: "conversation", public: true, codes: append(slices.Clone(readCodes), fault.AttachmentRange),
		actions: []string{authz.AttachmentRead},
		gives:   []string{picture.JPEG, picture.PNG, picture.PDF},
		summary: "The picture or document itself", about: "Who may read the post that it is in may read it. A part of it can be asked for with Range.",
	}, a.readAttachment)
	handle(a, operation{
		id: "delete-attachment", method: http.MethodDelete, path: one, tag: "conversation", codes: slices.Concat(readCodes, []fault.Code{fault.NotTheAuthor}),
		actions: []string{authz.AttachmentDelete},
		summary: "Take one's own attachment back", about: "It is gone at once; a post that it was in stays, without it.",
	}, a.deleteAttachment)
}

func (a *api) uploadAttachment(ctx context.Context, by member.Actor, in *Uploading) (*uploadedOut, error) {
	id, err := idOf(in.Community)
	if err != nil {
		return nil, err
	}
	made, replayed, err := a.Attachments.Upload(ctx, by, id, in.mediaType, in.file, in.Key)
	if err != nil {
		return nil, err
	}
	view := viewAttachment(made)
	return &uploadedOut{Location: "/v1/communities/" + id.String() + "/attachments/" + view.ID, Replayed: yes(replayed), Body: view}, nil
}

func (a *api) readAttachment(ctx context.Context, by member.Actor, in *struct {
	InAttachment
	UnderGlass
	Size    string `query:"size" enum:"whole,thumbnail" default:"whole" doc:"thumbnail: a picture at most 480 points long; a document has none"`
	Range   string `header:"Range" doc:"a part of it, as bytes=0-65535"`
	IfRange string `header:"If-Range" doc:"the ETag of the parts that you have"`
},
) (*huma.StreamResponse, error) {
	id, attached, err := idsOf(in.Community, in.Attachment)
	if err != nil {
		return nil, err
	}
	if by, err = a.holding(ctx, by, id, in.UnderGlass); err != nil {
		return nil, err
	}
	file, err := a.Attachments.Open(ctx, by, id, attached, in.Size == "thumbnail")
	if err != nil {
		return nil, err
	}
	asked, err := spanOf(in.Range, in.IfRange, file.Size)
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &huma.StreamResponse{Body: func(to huma.Context) {
		_, w := humaUnwrap(to)
		give(ctx, w, file, asked)
	}}, nil
}

func (a *api) deleteAttachment(ctx context.Context, by member.Actor, in *InAttachment) (*struct{}, error) {
	id, attached, err := idsOf(in.Community, in.Attachment)
	if err != nil {
		return nil, err
	}
	return nil, a.Board.TakeAttachmentBack(ctx, by, id, attached)
}

type uploadedOut struct {
	Location string `header:"Location" doc:"where it is now"`
	Replayed string `header:"Idempotent-Replayed" doc:"true where an earlier request with this key had done it"`
	Body     AttachmentView
}

// AttachmentView is what is told of a file.
type AttachmentView struct {
	ID        string `json:"id" doc:"id of the attachment" example:"5b8e1d27-40c9-4f6a-93d1-2c7a9e60f814"`
	MediaType string `json:"media_type" enum:"image/jpeg,image/png,application/pdf" doc:"what it is" example:"image/jpeg"`
	Width     int    `json:"width,omitempty" doc:"of a picture, in points" example:"1600"`
	Height    int    `json:"height,omitempty" doc:"of a picture, in points" example:"1200"`
	Bytes     int64  `json:"bytes" doc:"how long the file is" example:"284112"`
}

func viewAttachment(a attachment.Attachment) AttachmentView {
	return AttachmentView{ID: a.ID.String(), MediaType: a.MediaType, Width: a.Width, Height: a.Height, Bytes: a.Bytes}
}

// AttachedView is an attachment in a post.
type AttachedView struct {
	AttachmentView
	Alt       string `json:"alt" doc:"what is to be seen, in words" example:"A hand holding a pump under a jumper"`
	Sensitive bool   `json:"sensitive" doc:"whether to cover it until the reader uncovers it"`
}

func viewAttached(all []attachment.Attached) []AttachedView {
	var views []AttachedView
	for _, a := range all {
		views = append(views, AttachedView{viewAttachment(a.Attachment), a.Alt.Reveal(), a.Sensitive})
	}
	return views
}

func (v *AttachedView) append(b []byte) []byte {
	b = appendString(append(b, `{"id":`...), v.ID)
	b = appendString(append(b, `,"media_type":`...), v.MediaType)
	if v.Width > 0 {
		b = strconv.AppendInt(append(b, `,"width":`...), int64(v.Width), 10)
	}
	if v.Height > 0 {
		b = strconv.AppendInt(append(b, `,"height":`...), int64(v.Height), 10)
	}
	b = strconv.AppendInt(append(b, `,"bytes":`...), v.Bytes, 10)
	b = appendString(append(b, `,"alt":`...), v.Alt)
	b = strconv.AppendBool(append(b, `,"sensitive":`...), v.Sensitive)
	return append(b, '}')
}

// wantedAttachment is an attachment of a post that is being written.
type wantedAttachment struct {
	ID        string `json:"id" doc:"id of the attachment" example:"5b8e1d27-40c9-4f6a-93d1-2c7a9e60f814"`
	Alt       string `json:"alt" minLength:"1" maxLength:"1000" doc:"what is to be seen, in words" example:"A hand holding a pump under a jumper"`
	Sensitive bool   `json:"sensitive,omitempty" doc:"whether to cover it until the reader uncovers it"`
}

func wantedOf(in []wantedAttachment) ([]attachment.Wanted, error) {
	wanted := make([]attachment.Wanted, len(in))
	for i, one := range in {
		id, err := idOf(one.ID)
		if err != nil || id == uuid.Nil {
			return nil, fault.New(fault.Invalid).At("/attachments/"+strconv.Itoa(i)+"/id", fault.BadFormat)
		}
		wanted[i] = attachment.Wanted{ID: id, Alt: one.Alt, Sensitive: one.Sensitive}
	}
	return wanted, nil
}
