package segment

// Directory is the opened directory of a segment: its posts, and on which pages words are. Any number of goroutines may
// read it, until it is wiped.
type Directory struct{}

// Open reads a directory. Its errors are ErrMalformed and ErrOtherAnalysis. It keeps nothing of data.
func Open(data []byte) (*Directory, error) { return &Directory{}, nil }

// Len is how many posts there are.
func (d *Directory) Len() int { return 0 }

// Facts of a post, by its place in the order in which they were built.
func (d *Directory) Facts(i int) Facts { return Facts{} }

// Size is how much memory the directory takes, in bytes.
func (d *Directory) Size() int { return 0 }

// Wipe forgets everything. Nobody may be reading.
func (d *Directory) Wipe() {}
