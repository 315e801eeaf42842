package store

import "strings"

// Key joins parts with the byte 0, which no part may contain: keys with equal leading parts are neighbours, and a
// shorter part sorts before a longer one that starts with it.
func Key(parts ...string) []byte { return []byte(strings.Join(parts, "\x00")) }

// Prefix is the start of all keys that have parts as their leading ones. Scan it up to End(prefix).
func Prefix(parts ...string) []byte { return append(Key(parts...), 0) }

// End is the first key after all that start with prefix; nil where there is none.
func End(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] != 0xff {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}

// Parts takes a key made by Key apart.
func Parts(key []byte) []string { return strings.Split(string(key), "\x00") }
