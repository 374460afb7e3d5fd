package starttls

import (
	"fmt"
	"strings"
)

// irc speaks IRC with the tls extension (670 and 691) and IRCv3's capability
// list.
func irc(s *session) error {
	const quit = "QUIT\r\n"
	if err := s.send("CAP LS\r\n"); err != nil {
		return err
	}
	// Servers may answer 421 (unknown command) or 451 (register first) to CAP
	// and know STARTTLS all the same, so only a list without it is a no.
	answer, err := ircAnswer(s, "the answer to CAP", "CAP", "421", "451")
	if err != nil {
		return err
	}
	if _, list, ok := strings.Cut(strings.TrimPrefix(answer, ":"), ":"); ok && ircCommand(answer) == "CAP" &&
		!strings.Contains(" "+strings.ToLower(list)+" ", " tls ") {
		return s.leave(quit, s.fail(NotOffered, "tls is not among the server's capabilities", answer))
	}
	if err := s.send("STARTTLS\r\n"); err != nil {
		return err
	}
	answer, err = ircAnswer(s, "the answer to STARTTLS", "670", "691", "421", "451")
	if err != nil {
		return err
	}
	if ircCommand(answer) != "670" {
		return s.leave(quit, s.fail(NotOffered, "STARTTLS is refused", answer))
	}
	return nil
}

// ircAnswer reads lines up to one with a wanted command. Servers talk on
// connecting (looking up our name, say), and some want to see that we listen.
func ircAnswer(s *session, what string, wanted ...string) (string, error) {
	for range maxLines {
		line, err := s.line(what)
		if err != nil {
			return "", err
		}
		command := ircCommand(line)
		for _, w := range wanted {
			if command == w {
				return line, nil
			}
		}
		switch command {
		case "PING":
			_, token, _ := strings.Cut(line, "PING ")
			if err := s.send("PONG " + token + "\r\n"); err != nil {
				return "", err
			}
		case "ERROR":
			return "", s.fail(ircRefusal(line), "the server closes the link", line)
		case "NOTICE", "020", "439": // 439: "please wait while we process your connection"
		default:
			return "", s.fail(Protocol, what+" is not IRC's", line)
		}
	}
	return "", s.fail(TooLong, fmt.Sprintf("%s has over %d lines", what, maxLines), "")
}

// ircCommand is a message's command or number, after the sender's name.
func ircCommand(line string) string {
	if strings.HasPrefix(line, ":") {
		return second(line)
	}
	return first(line)
}

// ircRefusal reads the reason of an ERROR, which has no code: bans last,
// anything about numbers or pace passes.
func ircRefusal(line string) Kind {
	line = strings.ToLower(line)
	for _, word := range []string{"too many", "too fast", "throttle", "try again", "try later", "no more connections", "server full",
		"server is full"} {
		if strings.Contains(line, word) {
			return Busy
		}
	}
	return NotOffered
}
