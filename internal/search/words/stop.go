package words

import "strings"

// stopWords are left out of a question that has other words: they stand in every text, so they tell none from another.
// Words that matter to somebody who is ill stay, however frequent they are: pain, help, alone, درد, کمک, تنها. So does
// ام, with which ام اس begins, and the Arabic على, which in Persian is a name.
var stopWords = set(stopEnglish, stopPersian, stopArabic)

const stopEnglish = `
	a an the this that these those there here
	i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself
	she her hers herself it its itself they them their theirs themselves one
	am is are was were be been being have has had having do does did doing done
	will would shall should can could may might must ought
	im ive id ill youre youve youd hes shes theyre theyve weve isnt arent wasnt werent dont doesnt didnt
	wont wouldnt shouldnt cant couldnt hasnt havent hadnt thats theres whats lets
	and or but nor so if because as until while although though unless than then
	of at by for with about against between into through during before after above below to from up down in out on off
	over under again further once per via
	what which who whom whose when where why how
	all any both each few more most other some such only own same too very just also even ever still yet
	no not s t
`

const stopPersian = `
	و یا که اما ولی اگر چون زیرا تا پس نیز هم همچنین بلکه مگر گرچه اگرچه چنانچه هرچند
	از به با در بر برای بی را رو درباره دربارهی توسط بدون بین میان روی زیر پیش نزد طی جز مثل مانند
	من تو او وی ما شما ایشان انها اینها آنان اینان خود خودم خودت خودش خودمان خودتان خودشان همدیگر یکدیگر
	مرا تورا بنده بهم بهت بهش برام برات براش ازم ازت ازش
	این آن همین همان چنین چنان اینکه آنکه اینجا آنجا اینطور آنطور همینطور اون اینو اونو یه
	یک هر هیچ همه بعضی برخی چند چندین دیگر دیگه دیگری فقط خیلی بسیار کمی بیشتر کمتر حتی هنوز باز البته شاید باید نباید
	چه چی کی کجا چرا چطور چگونه چقدر کدام آیا
	است هست نیست هستم هستی هستیم هستید هستند نیستم نیستی نیستیم نیستید نیستند
	بود نبود بودم بودی بودیم بودید بودند بوده باشد باشم باشی باشیم باشید باشند نباشد
	شد شده شدم شدی شدیم شدید شدند شدن شود شوم شوند نشد نشده بشه بشود میشود میشه نمیشود نمیشه
	کرد کرده کردم کردی کردیم کردید کردند کردن کند کنم کنی کنیم کنید کنند میکنم میکنی میکند میکنه میکنیم میکنید میکنند
	دارم داری دارد داره داریم دارید دارند داشت داشته داشتم داشتن ندارم ندارد نداره
	خواهم خواهد خواهند میخواهم تواند میتوان میتوانم میتواند
	ای اند اید ایم اش ات ها های می نمی ی
`

const stopArabic = `
	في من إلى الى عن مع هذا هذه ذلك تلك التي الذي الذين هو هي هم هن نحن انا أنت كان كانت يكون ليس لقد لا لم لن ما
	أن إن ثم أو بل حتى إذا كل بعض غير عند بعد قبل منذ كما أي هل هناك لكن ولا وفي ومن فإن به بها له لها فيه فيها عليه عليها
`

// set holds the words of lists, folded.
func set(lists ...string) map[string]bool {
	all := map[string]bool{}
	for _, list := range lists {
		for _, word := range strings.Fields(list) {
			all[fold(word)] = true
		}
	}
	return all
}
