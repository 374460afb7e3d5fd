package dataupdate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// A State is what an update tells the next one. It stands beside the facts, and
// is worth nothing beside others.
type State struct {
	Facts   string            `json:"facts_sha256"` // of the file that it belongs to
	Sources map[string]Source `json:"sources"`      // by id
}

// A Source is what is known of one feed.
type Source struct {
	Checked time.Time            `json:"checked"` // when its publisher was last asked, and answered
	Changed time.Time            `json:"changed"` // when something else came than before
	Files   map[string]Validator `json:"files,omitempty"`
}

// A Validator asks whether a file is still the one that was had, by URL.
type Validator struct {
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"last_modified,omitempty"`
}

// readState reads what beside which file of facts was kept; the zero value where
// that is for other facts or cannot be read, which costs a download.
func readState(data, facts []byte) (s State) {
	if json.Unmarshal(data, &s) != nil || s.Facts != sum(facts) {
		return State{}
	}
	return s
}

// Encode writes the state for a file of facts.
func (s State) Encode(facts []byte) ([]byte, error) {
	s.Facts = sum(facts)
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing what the update tells the next one: %w", err)
	}
	return append(data, '\n'), nil
}

func sum(data []byte) string {
	h := sha256.Sum256(data)
	return hex.EncodeToString(h[:])
}

func (s State) clone() State {
	s.Sources = maps.Clone(s.Sources)
	if s.Sources == nil {
		s.Sources = make(map[string]Source)
	}
	return s
}
