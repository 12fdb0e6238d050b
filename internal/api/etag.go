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
	version, err := strconv.ParseInt(tag, 10, 32)
	if err != nil || version < 1 {
		return 0, fault.New(fault.ETagStale)
	}
	return int32(version), nil
}

func topicETag(v forum.TopicVersions) string { return fmt.Sprintf(`"%d.%d"`, v.Topic, v.Opening) }

func topicVersionsOf(ifMatch string) (v forum.TopicVersions, err error) {
	tag, err := unquote(ifMatch)
	if err != nil {
		return v, err
	}
	topic, opening, _ := strings.Cut(tag, ".")
	first, err1 := strconv.ParseInt(topic, 10, 32)
	second, err2 := strconv.ParseInt(opening, 10, 32)
	if err1 != nil || err2 != nil {
		return v, fault.New(fault.ETagStale)
	}
	return forum.TopicVersions{Topic: int32(first), Opening: int32(second)}, nil
}

// unquote refuses a missing If-Match; a weak tag never matches (RFC 9110, 13.1.1), and neither does what is no tag.
func unquote(ifMatch string) (string, error) {
	if ifMatch == "" {
		return "", fault.New(fault.ETagRequired)
	}
	if len(ifMatch) < 3 || ifMatch[0] != '"' || ifMatch[len(ifMatch)-1] != '"' {
		return "", fault.New(fault.ETagStale)
	}
	return ifMatch[1 : len(ifMatch)-1], nil
}
