package persona

import (
	"strings"
	"unicode"
)

// Words that claim a role or a profession here. A name with one of them as a word is refused, because a member who
// is frightened believes it.
var roles = foldedSet(
	"hamyar", "admin", "admins", "administrator", "moderator", "moderators", "mod", "staff", "operator", "sysadmin", "webmaster",
	"doctor", "dr", "nurse", "physician", "psychologist", "therapist", "pharmacist",
	"همیار", "ادمین", "مدیر", "مدیران", "ناظر", "ناظران", "گرداننده", "گردانندگان", "اپراتور", "سرپرست",
	"دکتر", "پزشک", "پرستار", "روانشناس", "روانپزشک", "داروساز", "درمانگر",
)

// Words that are refused only as a whole name.
var wholes = foldedSet(
	"support", "support team", "help", "help desk", "helpdesk", "system", "official", "team", "root", "programme", "program",
	"anonymous", "deleted", "deleted member", "unknown", "nobody", "everyone", "member", "user", "guest", "null", "undefined",
	"پشتیبانی", "تیم پشتیبانی", "راهنما", "سامانه", "سیستم", "رسمی", "برنامه", "کارشناس",
	"ناشناس", "حذف شده", "عضو حذف شده", "نامعلوم", "هیچ کس", "همه", "عضو", "کاربر", "مهمان",
)

// Marks of the project that are refused anywhere in a name, however it is divided.
var brands = []string{fold("hamyar"), fold("همیار"), fold("moderator")}

func foldedSet(words ...string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, word := range words {
		set[fold(word)] = true
	}
	return set
}

// reserved says whether text would pass for staff, a profession or the project itself.
func reserved(text string) bool {
	all := fold(text)
	for _, brand := range brands {
		if strings.Contains(all, brand) {
			return true
		}
	}
	if wholes[all] || wholes[fold(unnumbered(text))] || roles[all] {
		return true
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.Nd) }) {
		if roles[fold(word)] || roles[fold(unnumbered(word))] {
			return true
		}
	}
	return false
}

// unnumbered is word without the digits at its end, so that "admin 2" is "admin".
func unnumbered(word string) string {
	return strings.TrimRightFunc(word, func(r rune) bool { return unicode.IsDigit(r) || unicode.IsSpace(r) })
}
