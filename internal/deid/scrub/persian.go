package scrub

import (
	"strings"
	"unicode/utf8"

	"github.com/hamyar/hamyar/internal/deid/scrub/lexicon"
)

// What goes before and after names, places and organisations in Persian, as the scrubber reads it: without joiners.
var (
	faTitles = spelt(`آقای آقا خانم خانوم دکتر مهندس استاد سید سیده حاج حاجی حاج‌آقا حاج‌خانم جناب سرکار مرحوم مرحومه شهید پروفسور دوشیزه کربلایی مشهدی حجت‌الاسلام آیت‌الله`)
	faCalled = spelt(`اسمم اسمش اسم نامم نامش نام فامیلم فامیلش فامیلیم فامیلی بنام به‌نام`)
	faLinks  = spelt(`من او این بچه دخترم پسرم همسرم شوهرم خانمم دوستم مادرم پدرم خواهرم برادرم کامل`)
	faKin    = spelt(`شوهرم همسرم خانمم خانومم پسرم دخترم خواهرم برادرم داداشم آبجیم دوستم رفیقم مادرم پدرم مامانم بابام نامزدم همکارم پسرخاله پسرعمو دخترخاله دخترعمو پسردایی
		دختردایی عمو دایی خاله عمه مامان بابا داداش آبجی زنداداش نوه‌ام نوه‌م پسر دختر برادرزاده خواهرزاده همسایه‌مون پرستارم مشاورم دوستام رفیق دوست`)
	faRelated = spelt(`خواهر خواهرم خواهرمه برادر برادرم برادرمه پسرم پسرمه دخترم دخترمه دوستم دوستمه همسرم همسرمه شوهرم شوهرمه مادرم مادرمه پدرم پدرمه پرستارم مشاورم`)
	faWhich   = spelt(`بزرگم بزرگه بزرگ کوچیکم کوچکم کوچیکه کوچک وسطی وسطیم اولم دومم سومم عزیزم گلم`)
	faHome    = spelt(`توی اهل ساکن شهر شهرستان مقیم استان روستای متولد`)
	faGreet   = spelt(`سلام درود ممنون مرسی سپاس ممنونم متشکرم عزیزم خداحافظ`)
	faAfter   = spelt(`جان جون خانم خانوم آقا عزیز جانم جونم جانِ`)
	faSaying  = spelt(`گفت گفته میگه می‌گه می‌گوید میگفت می‌گفت پرسید نوشت نوشته جواب‌داد تجویز`)
	faIn      = spelt(`در از به تو توی اهل ساکن شهر شهرستان استان روستای محله محله‌ی منطقه مقیم حومه نزدیک سمت طرف متولد بچه بچه‌ی تا`)
	faBodies  = spelt(`بیمارستان درمانگاه کلینیک دانشگاه مدرسه دبیرستان دبستان هنرستان شرکت داروخانه موسسه باشگاه مسجد آزمایشگاه پلی‌کلینیک کارخانه بانک بیمه آموزشگاه مهدکودک خیریه`)
	faNaming  = spelt(`امام شهید شهدای علوم حضرت ولی‌عصر ولیعصر میلاد آیت‌الله خاتم‌الانبیا دکتر صنعتی آزاد پیام پزشکی خمینی`)
	faEndings = []string{"زاده", "پور", "نژاد", "نیا", "منش", "وند", "الدین", "الله", "بخش", "یان", "فر", "دوست", "آبادی"}
)

// spelt makes a cue of Persian words, as the scrubber reads them.
func spelt(words string) cue {
	all := make([]string, 0, 32)
	for word := range strings.FieldsSeq(words) {
		all = append(all, read("fa", word).Small)
	}
	return set(strings.Join(all, " "))
}

// clitics are what everyday Persian hangs on a name: is, of, my, and, too, dear.
var clitics = []string{"ه", "و", "م", "ی", "ام", "اش", "ش", "ست", "است", "رو", "را", "هم", "جان", "جون", "خانم", "ها", "اینا", "اینها", "مون", "تون", "شون"}

// root is a Persian word without what hangs on it, where it is a name or a place without it.
func root(said string, is lexicon.Traits) lexicon.Traits {
	if is.Is(lexicon.Word | lexicon.Name | lexicon.Country | lexicon.City | lexicon.Medical) {
		return is
	}
	for _, clitic := range clitics {
		if stem, cut := strings.CutSuffix(said, clitic); cut && len(stem) >= 6 {
			if of := lexicon.Of(stem); of.Is(lexicon.Name|lexicon.Country|lexicon.City) && !of.Is(lexicon.Common) {
				return of
			}
		}
	}
	return is
}

// persian weighs a Persian word as a name: most names are ordinary words as well, so what stands beside them decides.
func (s *sights) persian(i int) int {
	w := s.at(i)
	is := w.is
	name, common := is.Is(lexicon.Name), is.Is(lexicon.Common)
	own := 0
	switch {
	case name && !common:
		own = 4
	case name:
		own = 0
	case is.Is(lexicon.Common | lexicon.Medical):
		return -5
	case is&^lexicon.Begins == 0:
		own = pick(family(w.said), 3, 0)
	case is.Is(lexicon.Known):
		own = pick(family(w.said) && len(w.said) > 10, 1, -2)
	}
	return own + s.persianCues(i, name, is.Is(lexicon.Given))
}

// family tells whether a word ends as names of families do.
func family(said string) bool {
	for _, ending := range faEndings {
		if stem, cut := strings.CutSuffix(said, ending); cut && len(stem) >= 6 {
			return ending != "یان" && ending != "فر" && ending != "بخش" && ending != "دوست" || lexicon.Of(stem).Is(lexicon.Name)
		}
	}
	return false
}

func (s *sights) persianCues(i int, name, given bool) int {
	w, prev, back, next := s.at(i), s.at(i-1), s.at(i-2), s.at(i+1)
	gap, sum := w.gap, 0
	if gap == ". " && utf8.RuneCountInString(prev.said) == 1 {
		gap, prev, back = " ", back, s.at(i-3) // an initial stands between
	}
	if next.gap == " " && given && (next.has(faRelated) || next.said == "هستم" || family(next.said) || next.is.Is(lexicon.Name) && !next.is.Is(lexicon.Common|lexicon.Given)) {
		sum += 4
	}
	if gap == " " {
		switch {
		case prev.has(faTitles) && !name && strings.HasSuffix(w.said, "ی"):
			sum += 5
		case prev.has(faTitles):
			sum += 4
		case prev.has(faCalled), prev.has(faLinks) && back.has(faCalled):
			sum += pick(name, 4, 3)
		case given && (prev.has(faKin) || back.has(faKin) && prev.has(faWhich)):
			sum += 3
		case prev.has(faGreet) && given:
			sum += 3
		case prev.said == "من" && given && (next.said == "هستم" || next.said == "ام"):
			sum += 3
		}
	}
	if next.gap == " " && next.has(faAfter) {
		sum += pick(name, 4, 2)
	}
	if next.gap == " " && next.has(faSaying) && name {
		sum += pick(sum > 0, 1, 0)
	}
	return sum
}

// surnames weighs what stands behind a given name, and a title before it, as the name of a family.
func (s *sights) surnames(weights []verdict) {
	for i := 1; i < len(s.all); i++ {
		w := &s.all[i]
		if !w.persian || w.gap != " " || weights[i-1].person < enough || !s.all[i-1].persian || weights[i].person <= never || w.has(faAfter) || w.has(faTitles) {
			continue
		}
		titled := i > 1 && (s.all[i-2].has(faTitles) || s.all[i-2].has(faCalled) || s.all[i-2].has(faKin))
		switch {
		case w.is.Is(lexicon.Name), family(w.said):
			weights[i].person += 4
		case w.is&^lexicon.Begins == 0 && s.all[i-1].is.Is(lexicon.Given) && strings.HasSuffix(w.said, "ی") && !strings.HasSuffix(w.said, "های"), titled && !w.is.Is(lexicon.Common|lexicon.Medical) && strings.HasSuffix(w.said, "ی"):
			weights[i].person = enough
		}
	}
}

// persianPlace weighs a Persian word as a place.
func (s *sights) persianPlace(i int) int {
	w, prev := s.at(i), s.at(i-1)
	cue := w.gap == " " && prev.has(faIn)
	common := w.is.Is(lexicon.Common)
	switch {
	case !w.is.Is(lexicon.City | lexicon.Country):
		return never
	case w.is.Is(lexicon.Given) && !w.is.Is(lexicon.Country):
		return pick(cue && !common, 5, 0)
	case common:
		return pick(cue && (len(w.said) > 4 || prev.has(faHome)), enough, 0)
	}
	return pick(cue, 6, 3)
}

// persianBodies weighs what follows a hospital, a university, a firm as its name.
func (s *sights) persianBodies(weights []verdict) {
	for i := range s.all {
		w := &s.all[i]
		if !w.persian || !w.has(faBodies) || w.taken {
			continue
		}
		last := i
		for j := i + 1; j < min(i+5, len(s.all)) && s.all[j].gap == " " && s.called(weights, j); j++ {
			last = j
		}
		for j := i; j <= last && last > i; j++ {
			weights[j].body = enough + 4
		}
	}
}

// called tells whether a word can be of the name of a Persian organisation.
func (s *sights) called(weights []verdict, i int) bool {
	w := &s.all[i]
	if !w.persian || w.taken || w.kept {
		return false
	}
	own := w.is.Is(lexicon.Name | lexicon.City)
	return w.has(faNaming) || own || weights[i].person >= enough || w.is&^lexicon.Begins == 0 && len(w.said) > 6 && !verb(w.said) && !strings.HasSuffix(w.said, "ی") && !strings.HasSuffix(w.said, "ست")
}

// verb tells whether a word looks like a Persian verb.
func verb(said string) bool {
	for _, beginning := range [...]string{"می", "نمی", "بی", "ن", "ب"} {
		if strings.HasPrefix(said, beginning) && (strings.HasSuffix(said, "م") || strings.HasSuffix(said, "د") || strings.HasSuffix(said, "ه") || strings.HasSuffix(said, "ن")) {
			return true
		}
	}
	return strings.HasSuffix(said, "دم") || strings.HasSuffix(said, "تم") || strings.HasSuffix(said, "دن") || strings.HasSuffix(said, "ند")
}
