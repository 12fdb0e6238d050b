package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"

	"github.com/hamyar/hamyar/internal/fault"
)

// source is an upload as its first look tells, before anything is unpacked.
type source struct {
	mediaType     string
	decode        func(io.Reader) (image.Image, error)
	width, height int // as stored, before it is turned
	orientation   int // as EXIF numbers them; 1 is upright
	perPoint      float64
	besides       int64 // in bytes, whatever the number of points
}

// recognise goes by the first bytes alone. A picture further inside a file of
// another kind is none.
func recognise(data []byte) (source, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return lookAtJPEG(data)
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return lookAtPNG(data)
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return lookAtWebP(data)
	}
	return source{}, fault.New(fault.PictureUnsupported)
}

// memory is what decoding and turning take at most, garbage included. Decoders
// work in blocks, so that each edge is rounded up.
func (s source) memory() int64 {
	const block = 32
	points := float64(s.width+block) * float64(s.height+block)
	perPoint := s.perPoint + canvasPerPoint
	if s.orientation != 1 {
		perPoint += canvasPerPoint
	}
	return int64(points*perPoint) + s.besides
}

// orientationIn finds in EXIF how a picture has to be turned. What can't be read
// leaves it as it is: viewers do the same.
func orientationIn(exif []byte) int {
	const upright, tag, short, entry = 1, 0x0112, 3, 12
	exif = bytes.TrimPrefix(exif, []byte("Exif\x00\x00"))
	if len(exif) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.BigEndian
	if exif[0] == 'I' {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(exif[4:]))
	if at+2 > uint64(len(exif)) {
		return upright
	}
	fields := exif[at+2:]
	for range order.Uint16(exif[at:]) {
		if len(fields) < entry {
			break
		}
		if order.Uint16(fields) == tag && order.Uint16(fields[2:]) == short {
			if turn := int(order.Uint16(fields[8:])); turn >= 1 && turn <= 8 {
				return turn
			}
			break
		}
		fields = fields[entry:]
	}
	return upright
}
