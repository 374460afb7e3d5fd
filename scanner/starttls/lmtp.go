package starttls

// lmtp speaks LMTP, SMTP's dialect for the last step of delivery: RFC 2033.
func lmtp(s *session) error { return mail(s, "LHLO") }
