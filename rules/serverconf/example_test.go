package serverconf_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log"

	"github.com/tlschain/tlschain/rules/serverconf"
)

// folder is a configuration in memory.
type folder map[string]string

func (f folder) Read(name string) ([]byte, error) {
	if text, ok := f[name]; ok {
		return []byte(text), nil
	}
	return nil, errors.Join(fs.ErrNotExist, errors.New(name))
}

func (f folder) Glob(pattern string) []string {
	if _, ok := f[pattern]; ok {
		return []string{pattern}
	}
	return nil
}

// Which certificate files the sites of a configuration present.
func Example() {
	files := folder{"/etc/nginx/nginx.conf": `
http {
  server {
    listen 443 ssl;
    server_name www.example.com;
    ssl_certificate     /etc/ssl/www.pem;
    ssl_certificate_key /etc/ssl/www.key;
  }
}`}
	uses, err := serverconf.Find("nginx").Read(files, []string{"/etc/nginx/nginx.conf"})
	if err != nil {
		log.Fatal(err)
	}
	for _, u := range uses {
		fmt.Println(u.Names, u.Listen, u.File)
	}
	// Output:
	// [www.example.com] [443] /etc/ssl/www.pem
}
