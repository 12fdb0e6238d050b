package picture

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"

	"github.com/hamyar/hamyar/internal/fault"
)

// maxScans is how often a progressive picture may go over its points. Encoders
// do it about ten times; a small file can have it done a hundred thousand times.
const maxScans = 64

const (
	markEnd  = 0xd9
	markScan = 0xda
	markEXIF = 0xe1
)

func lookAtJPEG(data []byte) (source, error) {
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return source{}, refusal(err)
	}
	found := source{mediaType: JPEG, decode: jpeg.Decode, width: config.Width, height: config.Height, orientation: 1}
	scans, turned := 0, false
	for mark, body := range segments(data) {
		switch {
		case mark == markScan:
			scans++
		case mark == markEXIF && !turned && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
			found.orientation, turned = orientationIn(body), true
		case mark == 0xc0 || mark == 0xc1 || mark == 0xc2:
			found.perPoint = jpegPerPoint(body, mark == 0xc2)
		}
	}
	if scans == 0 || scans > maxScans || found.perPoint == 0 {
		return source{}, fault.New(fault.PictureMalformed)
	}
	return found, nil
}

// jpegPerPoint is the memory that a decoder takes for a point, by the header of
// a frame: a byte for each sample, four more where it keeps the coefficients of
// all scans, and four where it puts the parts of colours together itself.
func jpegPerPoint(frame []byte, progressive bool) float64 {
	if len(frame) < 6 {
		return 0
	}
	parts, samples, most := int(frame[5]), 0, 1
	if len(frame) < 6+3*parts {
		return 0
	}
	for i := range parts {
		wide, high := int(frame[7+3*i]>>4), int(frame[7+3*i]&15)
		samples += wide * high
		most = max(most, wide*high)
	}
	perSample, together := 1.0, 4.0
	if progressive {
		perSample += 4
	}
	return float64(samples)/float64(most)*perSample + together
}

// segments are the marks of a JPEG up to its end, with what belongs to each. It
// finds them where the decoder does: what stands between them is skipped.
func segments(data []byte) func(yield func(mark byte, body []byte) bool) {
	return func(yield func(byte, []byte) bool) {
		for {
			i := bytes.IndexByte(data, 0xff)
			if i < 0 {
				return
			}
			data = bytes.TrimLeft(data[i:], "\xff")
			if len(data) == 0 || data[0] == markEnd {
				return
			}
			mark := data[0]
			data = data[1:]
			if mark == 0 || mark == 0xd8 || mark >= 0xd0 && mark <= 0xd7 {
				continue
			}
			if len(data) < 2 {
				return
			}
			length := int(binary.BigEndian.Uint16(data))
			if length < 2 || length > len(data) || !yield(mark, data[2:length]) {
				return
			}
			data = data[length:]
		}
	}
}
