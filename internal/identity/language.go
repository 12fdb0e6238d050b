package identity

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
)

// lang is the language of a page.
type lang string

const (
	english lang = "en"
	persian lang = "fa"
)

var offered = language.NewMatcher([]language.Tag{language.English, language.Persian})

// langOf chooses the language of a page by what its reader prefers.
func langOf(r *http.Request) lang {
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil {
		return english
	}
	if _, index, sure := offered.Match(wanted...); index == 1 && sure != language.No {
		return persian
	}
	return english
}

// Dir is the direction in which the language is written.
func (l lang) Dir() string {
	if l == persian {
		return "rtl"
	}
	return "ltr"
}

// Words finds one of our own texts, for templates.
func (l lang) Words(name string) string { return l.words(name) }

func (l lang) words(name string) string { return l.of(own[name]) }

func (l lang) of(text both) string {
	if l == persian {
		return text.fa
	}
	return text.en
}

// say puts a sentence of Kratos's into the language. One that we don't know stays as Kratos wrote it.
func (l lang) say(s said) string {
	known, translated := sentences[s.ID]
	if !translated {
		return s.Text
	}
	text := l.of(known)
	for name, value := range s.Context {
		text = strings.ReplaceAll(text, "{"+name+"}", l.digits(fmt.Sprint(value)))
	}
	return text
}

// lines puts what Kratos says about a form or a field into the language.
func (l lang) lines(all []said) []line {
	var lines []line
	for _, s := range all {
		lines = append(lines, line{Text: l.say(s), Bad: s.Type == "error"})
	}
	return lines
}

// label names a node: a field by what it is for, a button by what it does.
func (l lang) label(n node) string {
	if text, known := fields[n.Attributes.Name]; known {
		return l.of(text)
	}
	if n.Meta.Label != nil {
		return l.say(*n.Meta.Label)
	}
	return n.Attributes.Name
}

// heading and note explain one way in, where each has a form of its own.
func (l lang) heading(kind, group string) string { return l.of(headings[kind+" "+group]) }
func (l lang) note(kind, group string) string    { return l.of(notes[kind+" "+group]) }

// ago tells how long something is past, roughly: pages know neither the reader's time zone nor their calendar.
func (l lang) ago(d time.Duration) string {
	number, unit := int(d.Minutes()), "minutes"
	switch {
	case d < time.Minute:
		return l.words("just now")
	case d >= 48*time.Hour:
		number, unit = int(d.Hours()/24), "days"
	case d >= 2*time.Hour:
		number, unit = int(d.Hours()), "hours"
	case number == 1:
		unit = "minute"
	}
	return strings.ReplaceAll(l.words(unit), "{n}", l.digits(strconv.Itoa(number)))
}

// digits writes ASCII digits as the language does.
func (l lang) digits(s string) string {
	if l != persian {
		return s
	}
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r - '0' + '۰'
		}
		return r
	}, s)
}

// plainDigits writes Persian and Arabic digits as ASCII, for codes that people type.
func plainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case '۰' <= r && r <= '۹':
			return r - '۰' + '0'
		case '٠' <= r && r <= '٩':
			return r - '٠' + '0'
		}
		return r
	}, s)
}
