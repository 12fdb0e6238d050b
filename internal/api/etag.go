package api

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
)

// An ETag of ours is the version that a client read, and for a topic that of its opening post beside it.

func etagOf(version int32) string { return `"` + strconv.Itoa(int(version)) + `"` }

func versionOf(ifMatch string) (int32, error) {
	tag, err := unquote(ifMatch)
	if err != nil {
		return 0, err
	}
	return numberIn(tag, 1)
}

func topicETag(v forum.TopicVersions) string { return fmt.Sprintf(`"%d.%d"`, v.Topic, v.Opening) }

func topicVersionsOf(ifMatch string) (v forum.TopicVersions, err error) {
	tag, err := unquote(ifMatch)
	if err != nil {
		return v, err
	}
	topic, opening, _ := strings.Cut(tag, ".")
	if v.Topic, err = numberIn(topic, 1); err != nil {
		return forum.TopicVersions{}, err
	}
	if v.Opening, err = numberIn(opening, 0); err != nil { // 0 where the opening is gone
		return forum.TopicVersions{}, err
	}
	return v, nil
}

// unquote refuses a missing If-Match, and "*", which guards nobody's change. A weak tag never matches (RFC 9110,
// 13.1.1), and neither does what is no tag.
func unquote(ifMatch string) (string, error) {
	if ifMatch == "" || ifMatch == "*" {
		return "", fault.New(fault.ETagRequired)
	}
	if len(ifMatch) < 3 || ifMatch[0] != '"' || ifMatch[len(ifMatch)-1] != '"' {
		return "", fault.New(fault.ETagStale)
	}
	return ifMatch[1 : len(ifMatch)-1], nil
}

// numberIn reads a number as etagOf writes it: a tag has one spelling.
func numberIn(s string, least int32) (int32, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < int64(least) || strconv.FormatInt(n, 10) != s {
		return 0, fault.New(fault.ETagStale)
	}
	return int32(n), nil
}
