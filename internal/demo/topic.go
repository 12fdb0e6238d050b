package demo

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of the product. Data beyond them would be refused while seeding.
const (
	maxTitle = 200
	maxText  = 40_000
)

// A topic file is a title and its posts, the opening one first:
//
//	# How I sleep with an alarm that beeps
//	--- walker · 41 · 07:12
//
//	Markdown …
//
//	--- cedar · 41 · 09:30
//
//	Markdown …
//
// A separator names the author's key, the days ago and the clock.
var separator = regexp.MustCompile(`^--- ([a-z0-9]+) · ([0-9]{1,2}) · ([0-9]{2}):([0-9]{2})$`)

// parseTopic reads one topic file. Only members who joined may speak, and time only moves forward.
// Every fault names the file and the line.
func parseTopic(name, source string, joined map[string]bool) (Topic, error) {
	lines := strings.Split(source, "\n")
	fail := func(line int, err error) (Topic, error) {
		return Topic{}, fmt.Errorf("%s:%d: %w", name, line+1, err)
	}
	title, ok := strings.CutPrefix(lines[0], "# ")
	if title = strings.TrimSpace(title); !ok || title == "" {
		return fail(0, errors.New("the first line is not a title"))
	}
	if utf8.RuneCountInString(title) > maxTitle {
		return fail(0, fmt.Errorf("the title has over %d characters", maxTitle))
	}
	var posts []Post
	for start := 1; start < len(lines); {
		post, err := parseSeparator(lines[start], joined)
		if err != nil {
			return fail(start, err)
		}
		if len(posts) > 0 && post.At.compare(posts[len(posts)-1].At) <= 0 {
			return fail(start, errors.New("the post is not later than the one before it"))
		}
		end := nextSeparator(lines, start+1)
		if post.Text, err = textOf(lines[start+1 : end]); err != nil {
			return fail(start, err)
		}
		posts = append(posts, post)
		start = end
	}
	if len(posts) == 0 {
		return fail(0, errors.New("the topic has no opening post"))
	}
	opening := posts[0]
	return Topic{Author: opening.Author, Title: title, Text: opening.Text, At: opening.At, Posts: posts[1:]}, nil
}

func parseSeparator(line string, joined map[string]bool) (Post, error) {
	part := separator.FindStringSubmatch(line)
	if part == nil {
		return Post{}, errors.New(`expected "--- author · days ago · hh:mm"`)
	}
	var at Moment
	for i, field := range []*int{&at.DaysAgo, &at.Hour, &at.Minute} {
		*field, _ = strconv.Atoi(part[2+i]) // the expression lets only digits through
	}
	if at.DaysAgo < 1 || at.DaysAgo > 60 || at.Hour > 23 || at.Minute > 59 {
		return Post{}, errors.New("days ago are 1–60, and a clock is 00:00–23:59")
	}
	if !joined[part[1]] {
		return Post{}, fmt.Errorf("%q has not joined this community", part[1])
	}
	return Post{Author: part[1], At: at}, nil
}

// nextSeparator takes every line that begins with three dashes for a separator, so that
// a mistyped one is a fault and never swallowed as text.
func nextSeparator(lines []string, from int) int {
	for i := from; i < len(lines); i++ {
		if strings.HasPrefix(lines[i], "---") {
			return i
		}
	}
	return len(lines)
}

func textOf(lines []string) (string, error) {
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	switch {
	case text == "":
		return "", errors.New("the post has no text")
	case utf8.RuneCountInString(text) > maxText:
		return "", fmt.Errorf("the post has over %d characters", maxText)
	}
	return text, nil
}
