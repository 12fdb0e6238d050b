package scrub

import "strings"

// cue is a set of words that tell something of those beside them.
type cue uint64

// cues are the sets that a word is in.
var cues = map[string]cue{}

var sets cue

// set makes a cue of words.
func set(words string) cue {
	sets++
	one := cue(1) << sets
	for word := range strings.FieldsSeq(words) {
		cues[word] |= one
	}
	return one
}

// has tells whether a word is in a set.
func (w *seen) has(c cue) bool { return w.cues&c != 0 }

// What goes before and after names, places and organisations in English.
var (
	titles = set(`mr mrs ms miss mister dr drs doctor prof professor sir madam dame lord lady nurse sister auntie aunt aunty uncle
		father rev reverend pastor rabbi imam sheikh judge captain officer sergeant haji mullah midwife matron mx messrs`)
	callings  = set(`named called name's surname forename nickname nicknamed aka née nee`)
	naming    = set(`name names user username patient contact signed attn spokesman spokeswoman director producer singer songwriter`)
	greetings = set(`hi hello hey dear thanks cheers bye goodbye welcome congrats congratulations love regards sincerely thankyou @ rip`)
	kin       = set(`husband wife partner boyfriend girlfriend fiance fiancee son daughter brother sister mother father mum mom dad mummy
		daddy stepson stepdaughter stepdad stepmum stepmom grandson granddaughter grandmother grandfather nan gran grandad grandpa grandma
		cousin nephew niece uncle aunt auntie friend friends mate bestie buddy flatmate roommate neighbour neighbor colleague boss manager
		consultant surgeon therapist counsellor counselor midwife nurse doctor gp physio coach sponsor dietitian ex hubby toddler baby kid
		boy girl twin twins kids children sis bro`)
	saying     = set(`said says told asked wrote replied shouted thinks thought mentioned suggested recommended agreed explained emailed texted posted`)
	having     = set(`has have had got having getting develop developed juvenile early advanced severe mild possible suspected`)
	ailing     = set(`diagnosed living live lives lived suffer suffers suffering struggling born`)
	persons    = set(`man woman lady guy bloke nurse doctor boy girl lad chap receptionist volunteer pharmacist`)
	addressees = set(`asked told thanked texted messaged`)
	particles  = set(`van von der den de la le da di del dos das du al el bin ibn binti abu ben ter ten zu zum af av st o d mc mac`)
	inside     = set(`in near at around outside inside towards across throughout visit visited visiting leaving via`)
	homes      = set(`from live lives lived living based born moved move moving reside resident stay staying grew raised relocated located travel traveling travelling flew fly trip arrived hometown city town country region village county state`)
	legal      = set(`inc incorporated ltd limited llc llp corp corporation plc gmbh ag pty co company srl bv oy`)
	bodies     = set(`hospital hospitals clinic clinics infirmary hospice university college school academy surgery centre center foundation trust
		bank church mosque temple synagogue agency council pharmacy institute institution laboratories labs lab partners associates insurance
		group industries systems technologies solutions services consulting software media ventures holdings magazine university's society
		association federation union club bakery restaurant cafe hotel factory supermarket museum library nursery daycare rehab practice
		medical health software networks capital analytics research logistics motors builders foods airlines solicitors dental`)
	offices      = set(`ministry department university bank institute college school church hospital council faculty office bureau academy`)
	ranks        = set(`general primary secondary royal community district st saint north south east west central high national memorial county city junior infant`)
	employment   = set(`for at by with from company firm employer work works worked working job joined join hired brand organisation organization charity startup`)
	modals       = set(`will may can any had far win way read saw see say wait deny fair fee lay nil art else even early case care carry an so in do made had has is was`)
	contractions = map[string]bool{"'t": true, "'m": true, "'d": true, "'ll": true, "'re": true, "'ve": true, "'mon": true, "'all": true, "'am": true}
	degrees      = set(`md phd dds dvm rn jr sr esq mbe obe ii iii`)
	calendar     = set(`monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december`)
)
