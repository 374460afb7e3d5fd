// An older Go's client: see driver_test.go for the lines.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"time"
)

func main() {
	fmt.Println(runtime.Version())
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Split(lines.Text(), "\t")
		word, message := connect(words[0], words[1], words[2])
		fmt.Printf("%s\t%s\n", word, strings.ReplaceAll(message, "\n", " "))
	}
}

func connect(host, port, store string) (word, message string) {
	text, err := os.ReadFile(store)
	if err != nil {
		return "error", err.Error()
	}
	roots := x509.NewCertPool()
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		// One that Go cannot read is no anchor for it.
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			roots.AddCert(c)
		}
	}
	dialer := &net.Dialer{Timeout: 30 * time.Second}
	conn, err := tls.DialWithDialer(dialer, "tcp", "127.0.0.1:"+port, &tls.Config{ServerName: host, RootCAs: roots})
	if err == nil {
		conn.Close()
		return "accept", ""
	}
	var refused *tls.CertificateVerificationError
	if errors.As(err, &refused) || strings.Contains(err.Error(), "failed to parse certificate") {
		return "reject", err.Error()
	}
	return "error", err.Error()
}
