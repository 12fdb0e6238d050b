package fault

// Code is a stable, documented name of a refusal. Clients may rely on it; it changes only by addition.
type Code string

// Text is what a person reads.
type Text struct{ Title, Detail string }

type entry struct {
	kind   Kind
	en, fa Text
}

// The codes of every part of Hamyar. Each has a row in the table below, in both languages.
const (
	Internal            Code = "internal"
	NotFound            Code = "not_found"
	MethodNotAllowed    Code = "method_not_allowed"
	MediaType           Code = "media_type_unsupported"
	Malformed           Code = "malformed_request"
	Invalid             Code = "invalid_request"
	UnknownField        Code = "unknown_field"
	RepeatedField       Code = "repeated_field"
	WrongType           Code = "wrong_type"
	Required            Code = "required"
	TooLong             Code = "too_long"
	TooShort            Code = "too_short"
	TooManyWords        Code = "too_many_words"
	OutOfRange          Code = "out_of_range"
	NotInList           Code = "not_in_list"
	BadEncoding         Code = "bad_encoding"
	BadCharacters       Code = "bad_characters"
	BadFormat           Code = "bad_format"
	BodyTooLarge        Code = "body_too_large"
	SlowRequest         Code = "request_too_slow"
	CursorInvalid       Code = "cursor_invalid"
	ETagStale           Code = "etag_stale"
	ETagRequired        Code = "etag_required"
	IdempotencyInFlight Code = "idempotency_in_flight"
	IdempotencyReused   Code = "idempotency_reused"
	Throttled           Code = "throttled"
	CrossOrigin         Code = "cross_origin"
	Unavailable         Code = "unavailable"
	IdentityUnavailable Code = "identity_unavailable"
	Closed              Code = "closed"
	SessionInvalid      Code = "session_invalid"
	SignInRequired      Code = "sign_in_required"
	FreshSignIn         Code = "fresh_sign_in_required"
	SecondFactor        Code = "second_factor_required"
	NotAllowed          Code = "not_allowed"
	MembersOnly         Code = "members_only"
	NotAMember          Code = "not_a_member"
	NotTheAuthor        Code = "not_the_author"
	Archived            Code = "archived"
	Locked              Code = "locked"
	Banned              Code = "banned"
	RulesNotAccepted    Code = "rules_not_accepted"
	InvitationRequired  Code = "invitation_required"
	JoinClosed          Code = "join_closed"
	NameTaken           Code = "name_taken"
	NameTooShort        Code = "name_too_short"
	NameTooLong         Code = "name_too_long"
	NameCharacters      Code = "name_characters"
	NameContact         Code = "name_contact"
	NameConfusable      Code = "name_confusable"
	NameReserved        Code = "name_reserved"
	AlreadyExists       Code = "already_exists"
	RecoveryRefused     Code = "recovery_refused"
	RestrictedHere      Code = "restricted_here"
	PurposeMismatch     Code = "purpose_mismatch"
	GrantInvalid        Code = "grant_invalid"
	KeyInvalid          Code = "key_invalid"
	OutOfScope          Code = "out_of_scope"
	TooManyKeys         Code = "too_many_keys"
	AttachmentsOff      Code = "attachments_off"
	AttachmentsWaiting  Code = "attachments_waiting"
	AttachmentRange     Code = "range_not_satisfiable"
	Busy                Code = "busy"
	SearchOff           Code = "search_off"
	SearchWholeWords    Code = "search_whole_words"
	FileTooLarge        Code = "file_too_large"
	PictureUnsupported  Code = "picture_unsupported"
	PictureMalformed    Code = "picture_malformed"
	PictureAnimated     Code = "picture_animated"
	PictureTooLarge     Code = "picture_too_large"
	DocumentMalformed   Code = "document_malformed"
)

// Kind of a code.
func (c Code) Kind() Kind { return table[c].kind }

// In returns the code's texts in a language: "fa" gives Persian, anything else English.
func (c Code) In(language string) Text {
	row, known := table[c]
	if !known {
		row = table[Internal]
	}
	if language == "fa" {
		return row.fa
	}
	return row.en
}

// Codes lists every code there is, in no order.
func Codes() []Code {
	all := make([]Code, 0, len(table))
	for code := range table {
		all = append(all, code)
	}
	return all
}
