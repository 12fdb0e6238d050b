package scrub

import (
	"regexp"
	"strings"
)

var (
	redditor   = regexp.MustCompile(`^u/[a-z0-9_-]{3,24}`)
	discordTag = regexp.MustCompile(`^[a-z0-9_.]{2,32}#[0-9]{4}\b`)
	// a network or the word for a name on one, what may stand between, and the name: one that no word of prose looks like,
	// or any after a colon or "is"
	onNetworks = `instagram|insta|ig|telegram|twitter|tiktok|snapchat|snap|discord|skype|facebook|fb|kik|wechat|linkedin|youtube|reddit|steam|xbox|psn|username|user name|handle|nickname|screen name|gamertag|اینستاگرام|اینستاگرامم|اینستا|اینستام|تلگرام|تلگرامم|توییتر|ایدی|ایدیم|یوزرنیم|کاربری|دیسکورد|فیسبوک|پیج|پیجم`
	handleSaid = regexp.MustCompile(`^(?:` + onNetworks + `)(?:(?: (?:id|handle|name|username|user|account|page|من|ام|ایدی|اینستا|تلگرام|اینستاگرام|تلگرامم|اینستام)){0,2})( ?[:=] ?| is | - | @| هست | )(["'(]?)([a-z][a-z0-9_.]{2,31})`)
)

// firstNetworks are the words that may announce a handle.
var firstNetworks = func() map[string]bool {
	all := map[string]bool{}
	for name := range strings.SplitSeq(onNetworks, "|") {
		first, _, _ := strings.Cut(name, " ")
		all[read("", first).Small] = true
	}
	return all
}()

// handles finds names on networks where no sign goes before them: "u/name", "name#1234", "my insta is name".
func handles(t *Text, finds *Finds) {
	for _, w := range t.Words {
		start, word := int(w.Start), w.Of(t)
		if finds.covered[start] {
			continue
		}
		if word == "u" && strings.HasPrefix(t.Small[w.End:], "/") {
			if name := redditor.FindString(stretch(t.Small, start, 32)); name != "" {
				finds.Add(start, start+len(name), Handle, "handle.reddit", Certain)
			}
			continue
		}
		if int(w.End) < len(t.Small) && t.Small[w.End] == '#' {
			if tag := discordTag.FindString(stretch(t.Small, start, 48)); tag != "" {
				finds.Add(start, start+len(tag), Handle, "handle.discord", Certain)
			}
		}
		if firstNetworks[word] {
			afterNetwork(t, finds, start)
		}
	}
}

func afterNetwork(t *Text, finds *Finds, start int) {
	at := handleSaid.FindStringSubmatchIndex(stretch(t.Small, start, 128))
	if at == nil {
		return
	}
	name := strings.TrimRight(t.Small[start+at[6]:start+at[7]], ".")
	told := strings.TrimSpace(t.Small[start+at[2] : start+at[3]])
	odd := strings.ContainsAny(name, "0123456789_.")
	if odd || (told == ":" || told == "=") && len(name) >= 4 {
		finds.Add(start+at[6], start+at[6]+len(name), Handle, "handle.said", Likely)
	}
}
