package pebble

import (
	"encoding/binary"
	"io"
	"os"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// aio is a queue of the kernel's for writes that nobody sleeps in: the calling goroutine waits as one that reads from a
// network does, and no thread and no processor of the scheduler's is held meanwhile. Source: io_setup(2), io_submit(2).
type aio struct {
	mu      sync.Mutex // one write at a time
	context uintptr    // aio_context_t
	done    *os.File   // an eventfd, readable once a write has ended
	fd      int        // of done
	control iocb       // of the write in flight
	count   [8]byte    // what is read from done
}

// iocb is struct iocb of linux/aio_abi.h, for little-endian machines.
type iocb struct {
	_         [16]byte // aio_data, aio_key, aio_rw_flags
	opcode    uint16
	_         int16 // aio_reqprio
	fd        uint32
	buffer    uint64
	length    uint64
	offset    int64
	_         uint64 // aio_reserved2
	flags     uint32
	eventFile uint32
}

// ioEvent is struct io_event.
type ioEvent struct {
	_      [2]uint64 // data, obj
	result int64     // bytes, or an error number below zero
	_      int64     // res2
}

// Of linux/aio_abi.h.
const (
	commandWrite  = 1 // IOCB_CMD_PWRITE
	flagEventFile = 1 // IOCB_FLAG_RESFD
)

// newAIO asks the kernel for a queue. It may refuse, as sandboxes do.
func newAIO() (*aio, error) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		return nil, unix.ENOSYS
	}
	q := new(aio)
	if _, _, errno := unix.Syscall(unix.SYS_IO_SETUP, 1, uintptr(unsafe.Pointer(&q.context)), 0); errno != 0 {
		return nil, os.NewSyscallError("io_setup", errno)
	}
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		q.destroy()
		return nil, os.NewSyscallError("eventfd", err)
	}
	q.fd, q.done = fd, os.NewFile(uintptr(fd), "eventfd")
	return q, nil
}

func (q *aio) destroy() {
	_, _, _ = unix.Syscall(unix.SYS_IO_DESTROY, q.context, 0, 0) // it was made by io_setup
}

// close ends the queue. No write may be in flight.
func (q *aio) close() error {
	q.destroy()
	return q.done.Close()
}

// write writes p at an offset, and returns once it is there.
func (q *aio) write(fd int, p []byte, at int64) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	var pins runtime.Pinner
	defer pins.Unpin()
	pins.Pin(&p[0])
	pins.Pin(&q.control)
	q.control = iocb{
		opcode: commandWrite, fd: uint32(fd), buffer: uint64(uintptr(unsafe.Pointer(&p[0]))), length: uint64(len(p)), offset: at,
		flags: flagEventFile, eventFile: uint32(q.fd),
	}
	control := &q.control
	for {
		n, _, errno := unix.Syscall(unix.SYS_IO_SUBMIT, q.context, 1, uintptr(unsafe.Pointer(&control)))
		if errno == 0 && n == 1 {
			break
		}
		if errno != unix.EINTR {
			return os.NewSyscallError("io_submit", errno)
		}
	}
	if _, err := io.ReadFull(q.done, q.count[:]); err != nil {
		return err // the write is still on its way
	}
	return q.outcome(len(p))
}

// outcome reads how the write ended.
func (q *aio) outcome(length int) error {
	var event ioEvent
	for {
		n, _, errno := unix.RawSyscall6(unix.SYS_IO_GETEVENTS, q.context, 1, 1, uintptr(unsafe.Pointer(&event)), 0, 0)
		if errno == 0 && n == 1 {
			break
		}
		if errno != unix.EINTR {
			return os.NewSyscallError("io_getevents", errno)
		}
	}
	switch {
	case event.result < 0:
		return os.NewSyscallError("write", syscall.Errno(-event.result))
	case event.result != int64(length):
		return io.ErrShortWrite
	}
	return nil
}
