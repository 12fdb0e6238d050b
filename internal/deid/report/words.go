package report

import (
	"strconv"
	"strings"
)

// words are what a page says in one language. Those with a %s are given figures, written as the language writes them.
type words struct {
	lang, dir, title, subtitle string
	persian                    bool // digits

	inShort, classes, risk, losses, secrets, other, beware string

	alike, alone, found, leftRows, nothingLeft, lossMean, local, global string

	classesText, classesAlt, riskText, riskAlt, lossText, lossAlt, secretsText, curveText, curveAlt string

	size, people, groups, share, chance, column, loss, leftOut, forK, asked, impossible string
	fewest, distance, guess                                                             string

	warnings []string
}

var english = words{
	lang: "en", dir: "ltr", title: "How well is this release protected?",
	subtitle: "The rows that are released were measured against the original table. This page holds none of them.",

	inShort: "In short", classes: "How many people look the same", risk: "How likely somebody is found", losses: "What was lost",
	secrets: "What a group gives away", other: "What another k would cost", beware: "What these figures don't promise",

	alike:       "Everybody in the release looks exactly like at least %s others.",
	alone:       "There is somebody in the release who looks like nobody else. Don't hand it out.",
	found:       "Somebody who knows that a person is in the table, and everything in its quasi columns, picks that person's row with a chance of at most %s. On average it is %s.",
	leftRows:    "%s of %s rows (%s) were left out because they stood out.",
	nothingLeft: "All rows were left out: there is nothing to hand out.",
	lossMean:    "On average a column has lost %s of its detail: 0%% is the original, 100%% says nothing.",
	local:       "Each group of people was made as coarse as it had to be, so a column has coarse and fine values side by side.",
	global:      "Each column is equally coarse in all rows.",

	classesText: "People who look the same in all quasi columns are a group. Small groups are where somebody would look first. Each bar shows which share of the people are in groups of that size.",
	classesAlt:  "Share of people by the size of their group",
	riskText:    "For each person: the chance to pick the right row among those that look the same. 9% is the limit that medicines agencies set for published data; what is above it is marked.",
	riskAlt:     "Share of people by the chance to find them",
	lossText:    "Loss per column. A column that has lost nearly everything could as well be left out, and others would be finer for it.",
	lossAlt:     "Loss of detail per column",
	secretsText: "In the worst group, for each sensitive column: how many different values there are, how far their shares are from those of the whole table (0% is the same, 100% is as far as can be), and how often a guess at the most frequent value is right.",
	curveText:   "The same study with other k: more people who look the same, and less detail.",
	curveAlt:    "Loss of detail and rows left out, by k",

	size: "Size of the group", people: "People", groups: "Groups", share: "Share of people", chance: "Chance", column: "Column", loss: "Detail lost", leftOut: "Rows left out",
	forK: "k, people who look the same", asked: "%s (this release)", impossible: "nothing meets the study",
	fewest: "Different values, at least", distance: "Distance, at most", guess: "A guess is right, at most",

	warnings: []string{
		"They hold for what was called quasi in the study. Whoever knows something else of a person, from a column that was called insensitive for instance, may find them.",
		"Two releases of the same people tell more than each of them. Don't release the table again with other settings.",
		"Looking the same is no guarantee. Whoever receives the rows should have signed what they may do with them, and what is to be public belongs into counts with noise.",
	},
}

var persian = words{
	lang: "fa", dir: "rtl", persian: true, title: "این خروجی چقدر محافظت شده است؟",
	subtitle: "ردیف‌های خروجی با جدول اصلی سنجیده شده‌اند. هیچ ردیفی در این صفحه نیست.",

	inShort: "خلاصه", classes: "چند نفر مثل هم دیده می‌شوند", risk: "احتمال پیدا شدن یک نفر", losses: "چه چیزی از دست رفته است",
	secrets: "یک گروه چه چیزی را لو می‌دهد", other: "اگر k چیز دیگری بود", beware: "این عددها چه چیزی را تضمین نمی‌کنند",

	alike:       "هر کس در این خروجی دست‌کم با %s نفر دیگر کاملاً یکسان دیده می‌شود.",
	alone:       "کسی در این خروجی هست که شبیه هیچ‌کس نیست. آن را به کسی ندهید.",
	found:       "کسی که می‌داند فردی در جدول هست و همهٔ ستون‌های شبه‌شناسهٔ او را هم می‌داند، با احتمال حداکثر %s ردیف او را درست انتخاب می‌کند. میانگین این احتمال %s است.",
	leftRows:    "%s ردیف از %s ردیف (%s) حذف شد، چون به چشم می‌آمد.",
	nothingLeft: "همهٔ ردیف‌ها حذف شده‌اند و چیزی برای ارائه نمانده است.",
	lossMean:    "هر ستون به‌طور میانگین %s از جزئیاتش را از دست داده است: ۰٪ یعنی مثل اصل، ۱۰۰٪ یعنی هیچ چیز نمی‌گوید.",
	local:       "هر گروه فقط به اندازه‌ای که لازم بوده کلی شده است؛ پس در یک ستون مقدارهای کلی و جزئی کنار هم می‌آیند.",
	global:      "هر ستون در همهٔ ردیف‌ها به یک اندازه کلی شده است.",

	classesText: "کسانی که در همهٔ ستون‌های شبه‌شناسه یکسان‌اند یک گروه‌اند. گروه‌های کوچک جایی است که اول از همه جست‌وجو می‌شود. هر میله نشان می‌دهد چه سهمی از افراد در گروه‌هایی به این اندازه‌اند.",
	classesAlt:  "سهم افراد بر پایهٔ اندازهٔ گروهشان",
	riskText:    "برای هر نفر: احتمال این‌که ردیف درست از میان ردیف‌های یکسان انتخاب شود. ۹٪ حدی است که نهادهای دارویی برای دادهٔ منتشرشده گذاشته‌اند؛ آنچه بالاتر است علامت خورده است.",
	riskAlt:     "سهم افراد بر پایهٔ احتمال پیدا شدنشان",
	lossText:    "آنچه هر ستون از دست داده است. ستونی را که تقریباً همه چیزش رفته می‌توان کنار گذاشت تا بقیه دقیق‌تر بمانند.",
	lossAlt:     "جزئیات ازدست‌رفتهٔ هر ستون",
	secretsText: "در بدترین گروه، برای هر ستون حساس: چند مقدار متفاوت هست، سهم مقدارها چقدر از کل جدول دور است (۰٪ یعنی یکسان، ۱۰۰٪ یعنی دورترین حالت) و حدس زدن پرتکرارترین مقدار چند وقت یک بار درست است.",
	curveText:   "همین مطالعه با kهای دیگر: افراد بیشتری مثل هم دیده می‌شوند و جزئیات کمتر می‌شود.",
	curveAlt:    "جزئیات ازدست‌رفته و ردیف‌های حذف‌شده بر پایهٔ k",

	size: "اندازهٔ گروه", people: "افراد", groups: "گروه‌ها", share: "سهم افراد", chance: "احتمال", column: "ستون", loss: "جزئیات ازدست‌رفته", leftOut: "ردیف‌های حذف‌شده",
	forK: "تعداد افراد یکسان (k)", asked: "%s (همین خروجی)", impossible: "هیچ خروجی‌ای با مطالعه جور نیست",
	fewest: "مقدارهای متفاوت، دست‌کم", distance: "فاصله، حداکثر", guess: "حدس درست، حداکثر",

	warnings: []string{
		"این عددها دربارهٔ ستون‌هایی است که در مطالعه شبه‌شناسه نامیده شده‌اند. کسی که چیز دیگری از فردی می‌داند، مثلاً از ستونی که بی‌اهمیت نامیده شده، شاید او را پیدا کند.",
		"دو خروجی از همان افراد بیشتر از هر کدام به‌تنهایی لو می‌دهد. جدول را با تنظیم‌های دیگر دوباره منتشر نکنید.",
		"یکسان بودن تضمین نیست. گیرندهٔ ردیف‌ها باید پیش‌تر امضا کرده باشد که با آن‌ها چه می‌تواند بکند؛ و آنچه برای همگان است، باید شمارشی با نویز باشد.",
	},
}

var easternDigits = strings.NewReplacer("0", "۰", "1", "۱", "2", "۲", "3", "۳", "4", "۴", "5", "۵", "6", "۶", "7", "۷", "8", "۸", "9", "۹", ".", "٫", ",", "٬", "%", "٪")

func (w *words) number(text string) string {
	if w.persian {
		return easternDigits.Replace(text)
	}
	return text
}

// whole writes a whole number with its thousands apart.
func (w *words) whole(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return w.number(digits)
}

// percent writes a share.
func (w *words) percent(of float64) string {
	switch {
	case of > 0 && of < 0.001:
		return w.number("<0.1%")
	case of < 1 && of > 0.999:
		return w.number(">99.9%")
	}
	return w.number(strings.TrimSuffix(strconv.FormatFloat(100*of, 'f', 1, 64), ".0") + "%")
}
