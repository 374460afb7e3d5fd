package scanner

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// A TagFilter says which targets are meant by the tags that their list has: of
// each tag in it, one of its values. Nil means all.
type TagFilter map[string][]string

// ParseTagFilter reads NAME:VALUE, as people type them. Of a tag that is named
// more than once, each value will do.
func ParseTagFilter(texts []string) (TagFilter, error) {
	var f TagFilter
	for _, text := range texts {
		name, value, ok := strings.Cut(text, ":")
		if !ok || name == "" {
			return nil, fmt.Errorf("%q is no tag and value: type NAME:VALUE, such as team:web", text)
		}
		if f == nil {
			f = make(TagFilter)
		}
		f[name] = append(f[name], value)
	}
	return f, nil
}

// permits reports whether a target with these tags is meant.
func (f TagFilter) permits(tags map[string]string) bool {
	for name, values := range f {
		if value, ok := tags[name]; !ok || !slices.Contains(values, value) {
			return false
		}
	}
	return true
}

// Of leaves of a list the targets that are meant, and all mistakes.
func (f TagFilter) Of(list iter.Seq2[Target, error]) iter.Seq2[Target, error] {
	if len(f) == 0 {
		return list
	}
	return func(yield func(Target, error) bool) {
		for target, err := range list {
			if (err != nil || f.permits(target.Tags)) && !yield(target, err) {
				return
			}
		}
	}
}
