package exec

import (
	"errors"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
)

// Row is one row: the slots of an operator.
type Row = []value.Value

// run is one execution of a program. Programs are shared; whatever changes lies here.
type run struct {
	*Context
	outer  []Row // enclosing rows; the nearest is the last
	states []any // of operators and expressions, by the number that compiling gave them
	ticks  uint32
	memory int64 // of Context.Memory in use by this run

	warnings []*value.Error
	few      [6]any // states of a small program
}

func newRun(c *Context, states int) *run {
	r := &run{Context: c}
	if states <= len(r.few) {
		r.states = r.few[:states]
	} else {
		r.states = make([]any, states)
	}
	return r
}

// errStop ends an operator whose consumer has enough.
var errStop = errors.New("exec: enough")

// tick looks from time to time whether the request was cancelled.
func (r *run) tick() error {
	if r.ticks++; r.ticks&127 != 0 {
		return nil
	}
	return r.Err()
}

// grow takes memory for what the run keeps until it ends.
func (r *run) grow(n int64) error {
	if err := r.Memory.grow(n); err != nil {
		return err
	}
	r.memory += n
	return nil
}

func (r *run) shrink(n int64) {
	r.Memory.shrink(n)
	r.memory -= n
}

// state finds the state with that number, or makes it.
func state[T any](r *run, number int, fresh func() *T) *T {
	if s, ok := r.states[number].(*T); ok {
		return s
	}
	s := fresh()
	r.states[number] = s
	return s
}

// buffer is a row that one operator fills again and again.
func (r *run) buffer(number, width int) Row {
	if s, ok := r.states[number].(*Row); ok {
		return *s
	}
	row := make(Row, width)
	r.states[number] = &row
	return row
}

// rowSize is roughly what a kept row takes.
func rowSize(row Row) int64 {
	n := int64(24 + 40*len(row))
	for i := range row {
		n += int64(len(row[i].Text()))
	}
	return n
}

// keep copies a row that outlives the next one.
func (r *run) keep(row Row) (Row, error) {
	if err := r.grow(rowSize(row)); err != nil {
		return nil, err
	}
	return append(make(Row, 0, len(row)), row...), nil
}

// closer is a state that holds something of the store's.
type closer interface{ close() error }

// release closes what states hold and gives memory back.
func (r *run) release() error {
	var err error
	for _, s := range r.states {
		if c, ok := s.(closer); ok {
			if failed := c.close(); err == nil {
				err = failed
			}
		}
	}
	clear(r.states)
	r.Memory.shrink(r.memory)
	r.memory, r.outer, r.ticks = 0, r.outer[:0], 0
	return err
}

// space is where a table's rows live.
func space(temporary, variable bool) txn.Space {
	switch {
	case variable:
		return txn.Variable
	case temporary:
		return txn.Temporary
	}
	return txn.Stored
}
