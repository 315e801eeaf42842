package sandbox

import (
	"os"
	"os/signal"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// signals passes signals on to the command.
type signals struct {
	incoming chan os.Signal
	done     chan struct{}
	ended    sync.WaitGroup
	terminal *os.File // nil where there is none
}

// catchSignals begins to hold signals back. A hang-up or an interrupt that this process was told to ignore, as nohup
// does, stays ignored, for the command as well.
func catchSignals() *signals {
	s := &signals{incoming: make(chan os.Signal, 16), done: make(chan struct{})}
	for _, sig := range []os.Signal{
		syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2,
	} {
		if !signal.Ignored(sig) {
			signal.Notify(s.incoming, sig)
		}
	}
	if tty, err := os.OpenFile("/dev/tty", os.O_RDONLY|syscall.O_NOCTTY, 0); err == nil {
		s.terminal = tty
	}
	return s
}

// to passes the signals held back, and all that follow, to p.
func (s *signals) to(p *os.Process) {
	s.ended.Go(func() {
		for {
			select {
			case <-s.done:
				return
			case sig := <-s.incoming:
				if !s.typed(sig) {
					_ = p.Signal(sig) // fails where the command has just ended
				}
			}
		}
	})
}

// typed reports whether the signal came from the terminal's keyboard. Then the kernel gave it to the whole foreground
// process group, which the command is in: passed on it would arrive twice, and the second interrupt means "at once" to
// many programs.
func (s *signals) typed(sig os.Signal) bool {
	if sig != syscall.SIGINT && sig != syscall.SIGQUIT || s.terminal == nil {
		return false
	}
	foreground, err := unix.IoctlGetInt(int(s.terminal.Fd()), unix.TIOCGPGRP)
	return err == nil && foreground == unix.Getpgrp()
}

func (s *signals) stop() {
	signal.Stop(s.incoming)
	close(s.done)
	s.ended.Wait()
	if s.terminal != nil {
		_ = s.terminal.Close()
	}
}
