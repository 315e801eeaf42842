package function

import "io"

// Environment is what functions ask of the session. Each method that finds nothing says so with ok or an empty Value.
type Environment interface {
	// Now is the time at which the statement began, in ticks of UTC since 0001-01-01.
	Now() int64
	// Random gives NEWID, CRYPT_GEN_RANDOM and RAND their bits.
	Random() io.Reader
	// Session gives the session's state.
	Session() Session
	// Catalog gives the metadata of the current and the other databases.
	Catalog() Catalog
}

// Session is what a function may know of the session.
type Session interface{}

// Catalog is what a function may know of the metadata.
type Catalog interface{}
