package authz

// Purpose is what somebody acts for. Policy says which acts each fits; a purpose alone allows nothing.
type Purpose struct {
	Name             string // as the facts have it
	HL7              string // the nearest code of HL7's v3 ActReason, for whoever reads our records beside a hospital's
	English, Persian string // what it means
}

// Purposes lists every purpose there is.
var Purposes = []Purpose{
	{"support", "SUPNWK", "Giving and getting support among members, and keeping the place for it.", "یاری گرفتن و یاری دادن میان اعضا، و گرداندن جای آن."},
	{"moderation", "HOPERAT", "Keeping a community safe: reading, removing and answering as its moderator.", "امن نگه داشتن انجمن: خواندن، برداشتن و پاسخ دادن در جایگاه ناظر."},
	{"care", "TREAT", "Caring for a person's health, as one of those whose work that is.", "رسیدگی به سلامت یک شخص، از سوی کسی که کارش این است."},
	{"listening", "SUPNWK", "Listening to a person who asked for it.", "شنیدن حرف‌های کسی که خواسته است شنیده شود."},
	{"research", "HRESCH", "Research, with what people consented to.", "پژوهش، با آنچه افراد به آن رضایت داده‌اند."},
	{"rights", "PATRQT", "A person's own rights over what is theirs.", "حقوق هر شخص بر آنچه از آنِ خودش است."},
	{"break-glass", "BTG", "An emergency, by a grant of two people and for a limited time.", "وضعیت اضطراری، با مجوز دو نفر و برای مدتی محدود."},
}

// PurposeNamed finds a purpose by its name. There is none for "none", which is what is done for nothing in particular.
func PurposeNamed(name string) (Purpose, bool) {
	for _, p := range Purposes {
		if p.Name == name {
			return p, true
		}
	}
	return Purpose{}, false
}
