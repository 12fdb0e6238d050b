package picture

import (
	"bytes"
	"encoding/binary"
	"image/png"

	"github.com/hamyar/hamyar/internal/fault"
)

func lookAtPNG(data []byte) (source, error) {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return source{}, refusal(err)
	}
	found := source{mediaType: PNG, decode: png.Decode, width: config.Width, height: config.Height, orientation: 1}
	for name, body := range pngChunks(data) {
		switch name {
		case "acTL":
			return source{}, fault.New(fault.PictureAnimated)
		case "eXIf":
			found.orientation = orientationIn(body)
		case "IHDR":
			found.perPoint = pngPerPoint(body)
		}
	}
	return found, nil
}

// pngPerPoint is the memory that a decoder takes for a point, by the header: as
// many bytes as a sample has for up to four, twice where a picture comes in
// passes. Points may have a transparent colour, and then always have four parts.
func pngPerPoint(header []byte) float64 {
	if len(header) < 13 {
		return 0
	}
	perPoint := 4.0
	if header[8] == 16 {
		perPoint *= 2
	}
	if header[12] != 0 {
		perPoint *= 2
	}
	return perPoint
}

// pngChunks are the chunks of a PNG up to its end.
func pngChunks(data []byte) func(yield func(name string, body []byte) bool) {
	const signature, around = 8, 12 // a length, a name and a checksum
	return func(yield func(string, []byte) bool) {
		data = data[signature:]
		for len(data) >= around {
			length := int(binary.BigEndian.Uint32(data))
			name := string(data[4:8])
			if length > len(data)-around || name == "IEND" || !yield(name, data[8:8+length]) {
				return
			}
			data = data[around+length:]
		}
	}
}
