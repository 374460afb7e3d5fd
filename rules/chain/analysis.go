package chain

// An Analysis is the shape of one presented list.
type Analysis struct {
	Leaf  int // position; -1: no certificate could be read
	Roles []Role
}
