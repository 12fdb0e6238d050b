package picture

import (
	"bytes"
	"encoding/binary"
	"image/color"
	"image/jpeg"

	"github.com/hamyar/hamyar/internal/fault"
)

// maxScans is how often a progressive picture may go over its points. Encoders
// do it about ten times; a small file can have it done a hundred thousand times.
const maxScans = 64

const (
	markEnd   = 0xd9
	markScan  = 0xda
	markEXIF  = 0xe1
	markAdobe = 0xee
)

func lookAtJPEG(data []byte) (source, error) {
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return source{}, refusal(err)
	}
	found := source{mediaType: JPEG, decode: jpeg.Decode, width: config.Width, height: config.Height, orientation: 1}
	scans, turned, raw := 0, false, false
	for mark, body := range segments(data) {
		switch {
		case mark == markScan:
			scans++
		case mark == markEXIF && !turned && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
			found.orientation, turned = orientationIn(body), true
		case mark == markAdobe && bytes.HasPrefix(body, []byte("Adobe")) && len(body) >= 12:
			raw = raw || body[11] == 0
		case mark == 0xc0 || mark == 0xc1 || mark == 0xc2:
			found.perPoint = jpegPerPoint(body, mark == 0xc2)
		}
	}
	if scans == 0 || scans > maxScans || found.perPoint == 0 {
		return source{}, fault.New(fault.PictureMalformed)
	}
	if raw || config.ColorModel != color.YCbCrModel {
		found.perPoint += 4 // the decoder puts the parts of colours together itself
	}
	return found, nil
}

// jpegPerPoint is the memory that a decoder takes for a point, by the header of
// a frame: a byte for each sample, and four more where it keeps the coefficients
// of all scans.
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
	perSample := 1.0
	if progressive {
		perSample += 4
	}
	return float64(samples) / float64(most) * perSample
}

// segments are the marks of a JPEG up to its end, with what belongs to each. It
// finds them where the decoder does: what stands between them is skipped.
func segments(data []byte) func(yield func(mark byte, body []byte) bool) {
	return func(yield func(byte, []byte) bool) {
		for {
			i := bytes.IndexByte(data, 0xff)
			for i >= 0 && i < len(data) && data[i] == 0xff {
				i++
			}
			if i < 0 || i == len(data) || data[i] == markEnd {
				return
			}
			mark := data[i]
			data = data[i+1:]
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
