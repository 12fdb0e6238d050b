package words_test

import (
	"testing"

	"github.com/hamyar/hamyar/internal/search/words"
)

// finds tells whether somebody who types query sees text.
func finds(t *testing.T, query, text string) bool {
	t.Helper()
	q, err := words.Parse(query)
	if err != nil {
		t.Fatalf("%q isn't understood: %v", query, err)
	}
	return q.Match(text)
}

// Whoever writes one of these finds who wrote another.
func TestSpellingsOfOneThing(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"می\u200cروم", "میروم", "می روم", "مي\u200cروم", "مــی\u200cروم", "می\u200bروم", "می¬روم", "می\u00a0روم"},
		{"نمی\u200cخوابم", "نمیخوابم", "نمی خوابم", "نمي خوابم"},
		{"کتاب\u200cها", "کتابها", "کتاب ها", "كتاب‌ها", "کتاب\u200cهای", "کتاب های", "کتابهایم", "کتاب\u200cهایشان", "کتاب"},
		{"قند\u200cخون", "قند‌ خون"},
		{"علی", "علي", "على", "عَلی", "عـلـی", "ﻋﻠﯽ"},
		{"کلیه", "كليه", "ﮐلیه", "کلیۀ", "کلیهٔ", "کلیه\u200cی", "کلیة"},
		{"آرام", "ارام", "أرام", "آرام"},
		{"مسئول", "مسیول"},
		{"سوءهاضمه", "سوهاضمه"},
		{"دواء", "دوا"},
		{"۱۲", "12", "١٢", "１２", "१२"},
		{"۷٫۵", "7.5", "7,5", "۷/۵", "٧٫٥"},
		{"۱۲۰/۸۰", "120/80"},
		{"ام\u200cاس", "ام اس"},
		{"ام‌آر‌آی", "ام آر آی", "ام ار ای"},
		{"بی\u200cخوابی", "بی خوابی", "بیخوابی"},
		{"خسته\u200cام", "خسته"},
		{"بیماری", "بیماری‌ها", "بیماريهاي", "بیماران", "بیمار", "بیماری‌ام", "بیماریم", "بیماری های"},
		{"افسرده", "افسردگی", "افسردگی\u200cام", "افسردگيم"},
		{"میگرن", "میگرنم", "میگرن‌های", "میگرنی"},
		{"می\u200cخورم", "می‌خورد", "می خوریم", "میخورند", "مي‌خوريد"},
		{"می\u200cخوانم", "میخواند", "می‌خوانند"},
		{"دارو", "داروها", "دارویم", "داروی", "دارو\u200cهایی", "داروهام"},
		{"می‌گویم", "میگوید", "می گویند", "می‌گویی"},
		{"غذا", "غذای", "غذایی", "غذاها", "غذایم", "غذاهای"},
		{"گلو", "گلویم", "گلوی"},
		{"تیروئید", "تیروید", "تیروییدم"},
		{"سالمندان", "سالمند"},
		{"بیچارگی", "بیچاره"},
		{"دیوانگی", "دیوانه"},
		{"فرهنگی", "فرهنگ"},
		{"بزرگی", "بزرگ"},
		{"قلبم", "قلب"},
		{"پزشک", "پزشکم", "پزشکان", "پزشکتان", "پزشک‌تان"},
		{"انگشت", "انگشتان", "انگشت‌ها", "انگشتم"},
		{"نوجوانان", "نوجوان"},
		{"تنها", "تنهایی"},
		{"بزرگ‌تر", "بزرگتر", "بزرگ تر", "بزرگ\u200cترین"},

		{"diabetes", "Diabetes", "DIABETES", "diabetic", "ｄｉａｂｅｔｅｓ", "diabetes's"},
		{"doctor", "doctors", "doctor's", "doctor’s", "DOCTORS’"},
		{"walking", "walks", "walked", "walk"},
		{"naïve", "naive", "nai\u0308ve"},
		{"Sjögren", "Sjogren", "SJÖGREN"},
		{"Ménière’s", "Meniere's", "meniere"},
		{"Straße", "strasse"},
		{"follow-up", "followup", "follow\u2011up", "follow-ups", "FOLLOW-UP"},
		{"B12", "b12", "B-12", "b ۱۲", "B۱۲"},
		{"covid-19", "COVID19", "covid ۱۹", "covid‐19"},
		{"500mg", "500 mg", "۵۰۰mg", "500-mg", "500㎎"},
		{"ﬁbromyalgia", "fibromyalgia"},
		{"œdema", "oedema"},
		{"soft\u00adware", "software"},
		{"ΚΑΡΔΙΆ", "καρδια", "Καρδιά"},
		{"Ёлка", "елка"},
		{"בְּרִיאוּת", "בריאות"},

		{"الطبيب", "طبيب", "الطَّبِيبُ", "والطبيب", "للطبيب", "طبیب"},
		{"السكري", "سكري", "السُّكَّرِي", "السکری"},
		{"العلاج", "علاج", "بالعلاج"},
		{"أدوية", "ادويه", "الأدوية"},
	} {
		for _, query := range same {
			for _, text := range same {
				if !finds(t, query, "خب "+text+".") && !finds(t, query, "so "+text+"!") {
					t.Errorf("%q doesn't find %q", query, text)
				}
			}
		}
	}
}

// These look alike to a machine that takes too much away.
func TestWhatIsNotTheSame(t *testing.T) {
	t.Parallel()
	for _, apart := range [][2]string{
		{"سلامت", "سلام به همه"},
		{"ماه", "ماهی خوردم"},
		{"سال", "سالم بودند"},
		{"سالم", "سالمندان"},
		{"آنجا", "انجام دادند"},
		{"مری", "مریم جان"},
		{"علی", "يعلو عليه"},
		{"مرد", "مردم گفتند"},
		{"خان", "خانم دکتر"},
		{"حرف", "او حرفه\u200cای است"},
		{"هفت", "هفته\u200cای دو بار"},
		{"درم", "درمان"},
		{"گوش", "گوشی"},
		{"تن", "تنهایی"},
		{"گند", "نان گندم"},
		{"کل", "الکل"},
		{"دین", "والدین"},
		{"میز", "او را می‌زنم"},
		{"دخ", "دخترم"},
		{"رگ", "بزرگ"},
		{"بزره", "بزرگی"},
		{"فرهنه", "فرهنگی"},
		{"12080", "120/80"},
		{"75", "7.5"},
		{"heart", "heat"},
		{"pain", "paint"},
		{"ms", "smith's mist"},
		{"1", "½"},
	} {
		if finds(t, apart[0], apart[1]) {
			t.Errorf("%q finds %q", apart[0], apart[1])
		}
	}
}

// A reader of two languages writes as they speak: whatever is Persian is read as Persian, whatever English as English.
func TestMixedSentences(t *testing.T) {
	t.Parallel()
	text := "دیروز برای MRI رفتم؛ دکتر گفت lesionهای جدید دارم و باید Tecfidera را شروع کنم، روزی ۲۴۰mg. فعلاً می‌ترسم 😟 اما تنها نیستم. " +
		"هفتهٔ بعد follow-up دارم (ساعت ۱۰:۳۰)."
	for _, query := range []string{
		"mri", "lesion", "lesions", "lesionهای", "tecfidera", "240", "240mg", "۲۴۰ mg", "میترسم", "می ترسد", "دکتر mri",
		"follow up", "followup", "هفته", "10:30", `"شروع کنم"`, "tecf*", "دیرو*", "mri -ct", "جدید",
	} {
		if !finds(t, query, text) {
			t.Errorf("%q isn't found", query)
		}
	}
	if !finds(t, "ش", "با حرف ش می‌آید") || finds(t, "ها", "کتاب ها") {
		t.Error("a letter after a space is an ending, or an ending is a word")
	}
	for _, query := range []string{"ct", "mri -دکتر", `"شروع دکتر"`, "tecx*", "ترسناک", "۲۴", "mr"} {
		if finds(t, query, text) {
			t.Errorf("%q is found", query)
		}
	}
}
