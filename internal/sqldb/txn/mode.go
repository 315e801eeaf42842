package txn

import "strings"

// Mode is what a lock permits, as sys.dm_tran_locks names it.
type Mode uint8

// The modes. Tables take all of them, keys only Shared, Update and Exclusive.
const (
	IntentShared Mode = iota
	Shared
	Update
	IntentExclusive
	SharedIntentExclusive
	Exclusive
	SchemaStability
	SchemaModification
	modes
)

var modeNames = [modes]string{"IS", "S", "U", "IX", "SIX", "X", "Sch-S", "Sch-M"}

// String is the name as sys.dm_tran_locks has it.
func (m Mode) String() string { return modeNames[m] }

// modeSet is several modes that one transaction holds of one thing.
type modeSet uint8

func setOf(list ...Mode) modeSet {
	var s modeSet
	for _, m := range list {
		s |= 1 << m
	}
	return s
}

// conflicts has for each mode those that another transaction must not hold meanwhile.
var conflicts = [modes]modeSet{
	IntentShared:          setOf(Exclusive, SchemaModification),
	Shared:                setOf(IntentExclusive, SharedIntentExclusive, Exclusive, SchemaModification),
	Update:                setOf(Update, IntentExclusive, SharedIntentExclusive, Exclusive, SchemaModification),
	IntentExclusive:       setOf(Shared, Update, SharedIntentExclusive, Exclusive, SchemaModification),
	SharedIntentExclusive: setOf(Shared, Update, IntentExclusive, SharedIntentExclusive, Exclusive, SchemaModification),
	Exclusive:             setOf(IntentShared, Shared, Update, IntentExclusive, SharedIntentExclusive, Exclusive, SchemaModification),
	SchemaStability:       setOf(SchemaModification),
	SchemaModification: setOf(IntentShared, Shared, Update, IntentExclusive, SharedIntentExclusive, Exclusive, SchemaStability,
		SchemaModification),
}

// covering has for each mode those whose holder need not ask for it.
var covering = [modes]modeSet{
	IntentShared:          setOf(IntentShared, Shared, Update, IntentExclusive, SharedIntentExclusive, Exclusive, SchemaModification),
	Shared:                setOf(Shared, Update, SharedIntentExclusive, Exclusive, SchemaModification),
	Update:                setOf(Update, Exclusive, SchemaModification),
	IntentExclusive:       setOf(IntentExclusive, SharedIntentExclusive, Exclusive, SchemaModification),
	SharedIntentExclusive: setOf(SharedIntentExclusive, Exclusive, SchemaModification),
	Exclusive:             setOf(Exclusive, SchemaModification),
	SchemaStability:       setOf(SchemaStability, SchemaModification),
	SchemaModification:    setOf(SchemaModification),
}

func (s modeSet) has(m Mode) bool       { return s&(1<<m) != 0 }
func (s modeSet) covers(m Mode) bool    { return s&covering[m] != 0 }
func (s modeSet) conflicts(m Mode) bool { return s&conflicts[m] != 0 }

func (s modeSet) String() string {
	var names []string
	for m := range modes {
		if s.has(m) {
			names = append(names, m.String())
		}
	}
	return strings.Join(names, "+")
}
