package rules

// A Text is what people read of a rule, in one language.
type Text struct {
	Title string // a noun phrase without a full stop
	Why   string
	Fix   string
	// Says are the formats of what the rule's findings say, by the English ones.
	Says map[string]string
}

// Text gives the rule's texts in a language: "ja", or English for any other.
func (r *Rule) Text(lang string) Text {
	if lang == "ja" {
		return r.Japanese
	}
	return Text{Title: r.Title, Why: r.Why, Fix: r.Fix}
}
