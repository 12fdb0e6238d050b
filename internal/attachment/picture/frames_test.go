package picture_test

import "encoding/binary"

// frame is a JPEG that no encoder of the library writes: of as many parts of
// colour as wanted, in one go or progressive, all of one colour.
type frame struct {
	width, height int
	parts         []byte // how each is sampled: 0x11, 0x22 …
	colour        []int  // of each part: 0 is the middle
	progressive   bool
	scans         int  // further ones, over details that aren't there
	adobe         bool // parts are inks
}

func (f frame) file() []byte {
	file := []byte{0xff, 0xd8}
	if f.adobe {
		file = append(file, segment(0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00"))...)
	}
	quantizers := make([]byte, 65)
	for i := range 64 {
		quantizers[1+i] = 8 // so that a step of a part is one of its values
	}
	file = append(file, segment(0xdb, quantizers)...)
	file = append(file, f.header()...)
	// Values of no bits are written 0, of six bits 10; the only detail is its end, written 0.
	file = append(file, segment(0xc4, joined([]byte{0x00, 1, 1}, make([]byte, 14), []byte{0, 6}))...)
	file = append(file, segment(0xc4, joined([]byte{0x10, 1}, make([]byte, 15), []byte{0}))...)
	file = append(file, f.first()...)
	for range f.scans {
		file = append(file, segment(0xda, []byte{1, 1, 0, 1, 63, 0})...)
		file = append(file, make([]byte, (f.blocks()*f.perMCU(0)+7)/8)...)
	}
	return append(file, 0xff, 0xd9)
}

func (f frame) header() []byte {
	mark := byte(0xc0)
	if f.progressive {
		mark = 0xc2
	}
	body := binary.BigEndian.AppendUint16([]byte{8}, uint16(f.height))
	body = append(binary.BigEndian.AppendUint16(body, uint16(f.width)), byte(len(f.parts)))
	for i, sampling := range f.parts {
		body = append(body, byte(i+1), sampling, 0)
	}
	return segment(mark, body)
}

// perMCU is how many blocks of a part there are in the unit that is repeated.
func (f frame) perMCU(part int) int { return int(f.parts[part]>>4) * int(f.parts[part]&15) }

// blocks is how many such units there are.
func (f frame) blocks() int {
	wide, high := 8*int(f.parts[0]>>4), 8*int(f.parts[0]&15)
	return (f.width + wide - 1) / wide * ((f.height + high - 1) / high)
}

// first is the scan that has the colours: a difference in the first block of each part, none in all others.
func (f frame) first() []byte {
	body := []byte{byte(len(f.parts))}
	for i := range f.parts {
		body = append(body, byte(i+1), 0)
	}
	last := byte(63)
	if f.progressive {
		last = 0
	}
	scan := segment(0xda, append(body, 0, last, 0))
	var bits []byte
	put := func(value, count int) {
		for i := count - 1; i >= 0; i-- {
			bits = append(bits, byte(value>>i&1))
		}
	}
	for n := range f.blocks() {
		for i := range f.parts {
			for block := range f.perMCU(i) {
				if n == 0 && block == 0 && f.colour[i] != 0 {
					put(2, 2)
					put(six(f.colour[i]), 6)
				} else {
					put(0, 1)
				}
				if !f.progressive {
					put(0, 1) // no details
				}
			}
		}
	}
	for len(bits)%8 != 0 {
		bits = append(bits, 1)
	}
	for i := 0; i < len(bits); i += 8 {
		var b byte
		for _, bit := range bits[i : i+8] {
			b = b<<1 | bit
		}
		if scan = append(scan, b); b == 0xff {
			scan = append(scan, 0)
		}
	}
	return scan
}

// six writes a value of six bits, 32 to 63 or -63 to -32, as JPEG does.
func six(value int) int {
	if value < 0 {
		return value + 63
	}
	return value
}
