package reports

// Convert writes a saved report in another format, as it reads it. The
// report's own summary is kept where it has one, because it may hold what the
// endpoints do not: certificates' bytes, and that the scan was interrupted.
// After an error in the report, what was read before has been written, and the
// report is closed as an interrupted one.
func Convert(w Writer, r *Reader) error {
	if err := w.Begin(r.Header); err != nil {
		return err
	}
	var tally Tally
	var broken error
	for e, err := range r.Endpoints() {
		if err != nil {
			broken = err
			break
		}
		tally.Add(e)
		if err := w.Endpoint(e); err != nil {
			return err
		}
	}
	s := tally.Summary(broken != nil)
	if saved := r.Summary(); saved != nil && broken == nil {
		counted := s
		s = *saved
		s.adopt(counted)
	}
	if err := w.End(s); err != nil {
		return err
	}
	return broken
}
