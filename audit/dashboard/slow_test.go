package dashboard

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A pipeListener hands out one end of a pipe for each dial: no network, so that
// time can be made to pass.
type pipeListener struct {
	conns chan net.Conn
	ended chan struct{}
	once  sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.ended:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.ended) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// Who says, or takes, a byte a second keeps a connection for a while and no longer.
func TestSlowVisitors(t *testing.T) {
	const long = 24 * time.Hour
	drip := func(head, piece string) func(net.Conn) {
		return func(conn net.Conn) {
			if _, err := io.WriteString(conn, head); err != nil {
				return
			}
			for piece != "" {
				time.Sleep(time.Second)
				if _, err := io.WriteString(conn, piece); err != nil {
					return
				}
			}
		}
	}
	for name, c := range map[string]struct {
		visit func(net.Conn)
		most  time.Duration
	}{
		"says nothing":           {func(conn net.Conn) {}, 15 * time.Second},
		"drips its request":      {drip("GET", "/"), 15 * time.Second},
		"drips headers":          {drip("GET / HTTP/1.1\r\nHost: localhost\r\n", "A: b\r\n"), 15 * time.Second},
		"drips one header":       {drip("GET / HTTP/1.1\r\nHost: localhost\r\nA: ", "b"), 15 * time.Second},
		"drips a body":           {drip("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n", "x"), 90 * time.Second},
		"drips chunks":           {drip("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"), 90 * time.Second},
		"is silent after a page": {drip("GET /short HTTP/1.1\r\nHost: localhost\r\n\r\n", ""), 3 * time.Minute},
		"takes a page slowly":    {drip("GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n", ""), 6 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				listener := &pipeListener{conns: make(chan net.Conn), ended: make(chan struct{})}
				s := &Server{Report: func(err error) { t.Error(err) }}
				ctx, stop := context.WithCancel(t.Context())
				served := make(chan error)
				go func() {
					served <- s.Serve(ctx, listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if r.URL.Path == "/long" {
							w.Write(make([]byte, 10<<20))
						}
					}))
				}()
				here, there := net.Pipe()
				listener.conns <- there
				began := time.Now()
				var visit sync.WaitGroup
				visit.Go(func() { c.visit(here) })
				closed := make(chan time.Duration)
				go func() {
					piece := make([]byte, 1)
					for {
						here.SetReadDeadline(time.Now().Add(long))
						_, err := here.Read(piece)
						if err != nil {
							if errors.Is(err, os.ErrDeadlineExceeded) {
								t.Error("it is never closed")
							}
							closed <- time.Since(began)
							return
						}
						if name == "takes a page slowly" {
							time.Sleep(time.Second)
						}
					}
				}()
				if took := <-closed; took > c.most {
					t.Errorf("it keeps a connection for %v", took)
				} else {
					t.Logf("closed after %v", took)
				}
				here.Close()
				visit.Wait()
				stop()
				if err := <-served; err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// Ten thousand connections that say nothing take no more than their share, and when
// they go, others are answered.
func TestTenThousandConnections(t *testing.T) {
	const many = 10_000
	_, address := besieged(t, "")
	open := func() int {
		all, _ := os.ReadDir("/proc/self/fd")
		return len(all)
	}
	before, most := open(), maxConnections()
	var held, refused atomic.Int64
	var mu sync.Mutex
	var conns []net.Conn
	numbers := make(chan int)
	var group sync.WaitGroup
	for range 256 {
		group.Go(func() {
			dialer := net.Dialer{Timeout: 300 * time.Millisecond} // the kernel drops those for whom there is no room
			for range numbers {
				conn, err := dialer.Dial("tcp", address)
				if err != nil {
					refused.Add(1)
					continue
				}
				held.Add(1)
				io.WriteString(conn, "GET / HTTP/1.1\r\nHost: ")
				mu.Lock()
				conns = append(conns, conn)
				mu.Unlock()
			}
		})
	}
	for i := range many {
		numbers <- i
	}
	close(numbers)
	group.Wait()
	if taken := open() - before - int(held.Load()); taken > most+20 {
		t.Errorf("%d connections were taken, %d at most", taken, most)
	}
	t.Logf("%d came about, %d did not", held.Load(), refused.Load())
	if held.Load() < int64(most) {
		t.Errorf("only %d connections came about", held.Load())
	}
	for _, conn := range conns {
		conn.Close()
	}
	client := &http.Client{Timeout: time.Minute}
	response, err := client.Get("http://" + address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(response.Body)
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %d %s", response.StatusCode, body)
	}
}
