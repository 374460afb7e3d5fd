package main

import (
	"context"
	"io"

	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
)

// runAsService is start for a program that Windows' service manager started:
// its requests end the run, and the event log gets what goes to standard error.
// It reports false where a user started the program.
func runAsService(start func(context.Context, io.Writer) int) (exitCode int, ok bool) {
	if is, err := svc.IsWindowsService(); err != nil || !is {
		return 0, false
	}
	s := &service{start: start, log: io.Discard}
	if log, err := eventlog.Open(name); err == nil {
		defer log.Close()
		s.log = eventWriter{log}
	}
	if err := svc.Run(name, s); err != nil {
		return exitUsage, true
	}
	return s.code, true
}

// A service answers the service manager.
type service struct {
	start func(context.Context, io.Writer) int
	log   io.Writer
	code  int
}

// Execute is the service, from start to end, as svc.Handler has it.
func (s *service) Execute(_ []string, requests <-chan svc.ChangeRequest, status chan<- svc.Status) (specific bool, code uint32) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan int, 1)
	go func() { ended <- s.start(ctx, s.log) }()
	status <- svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	for {
		select {
		case s.code = <-ended:
			if s.code == exitInterrupted { // it was asked to stop
				return false, 0
			}
			return true, uint32(s.code)
		case r := <-requests:
			switch r.Cmd {
			case svc.Interrogate:
				status <- r.CurrentStatus
			case svc.Stop, svc.Shutdown:
				status <- svc.Status{State: svc.StopPending}
				cancel()
			}
		}
	}
}

// eventID is the number of all our events: their text says what they are.
const eventID = 1

// An eventWriter writes to the event log.
type eventWriter struct{ log *eventlog.Log }

func (w eventWriter) Write(text []byte) (int, error) {
	return len(text), w.log.Info(eventID, string(text))
}
