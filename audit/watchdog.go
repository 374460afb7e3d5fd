package audit

import (
	"context"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Announce tells systemd that the program is ready, and then, while well says
// so, that it is alive; when ctx ends, that it stops. Without systemd it does
// nothing. A program that is not well any more is restarted by the watchdog.
func Announce(ctx context.Context, clock Clock, well func() error, report func(error)) {
	notify := func(state string) {
		if _, err := daemon.SdNotify(false, state); err != nil {
			report(err)
		}
	}
	notify(daemon.SdNotifyReady)
	defer notify(daemon.SdNotifyStopping)
	every, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		report(err)
	}
	if every == 0 {
		<-ctx.Done()
		return
	}
	for {
		if err := well(); err != nil {
			report(err)
		} else {
			notify(daemon.SdNotifyWatchdog)
		}
		if clock.wait(ctx, min(every/3, time.Minute)) != nil {
			return
		}
	}
}
