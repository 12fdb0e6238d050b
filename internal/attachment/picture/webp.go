package picture

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/image/webp"

	"github.com/hamyar/hamyar/internal/fault"
)

func lookAtWebP(data []byte) (source, error) {
	found := source{mediaType: WebP, decode: webp.Decode, orientation: 1, perPoint: 8}
	for name, body := range webpChunks(data) {
		switch name {
		case "ANIM", "ANMF":
			return source{}, fault.New(fault.PictureAnimated)
		case "EXIF":
			found.orientation = orientationIn(body)
		case "VP8L", "ALPH":
			found.besides = codesOf(len(data))
		}
	}
	config, err := webp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return source{}, refusal(err)
	}
	found.width, found.height = config.Width, config.Height
	return found, nil
}

// codesOf is the memory that the codes of a picture without loss take: they may
// be as many as the file has room for, up to what the decoder has a bound for.
func codesOf(bytes int) int64 {
	const perByte, most = 512, 160 << 20
	return min(int64(bytes)*perByte, most)
}

// webpChunks are the chunks of a WebP.
func webpChunks(data []byte) func(yield func(name string, body []byte) bool) {
	const header, around = 12, 8 // a name and a length
	return func(yield func(string, []byte) bool) {
		data = data[header:]
		for len(data) >= around {
			length := int(binary.LittleEndian.Uint32(data[4:]))
			if length > len(data)-around || !yield(string(data[:4]), data[around:around+length]) {
				return
			}
			data = data[min(around+length+length%2, len(data)):]
		}
	}
}
