package sqldb

import "github.com/alcedo-cloud/alcedo/internal/sqldb/value"

// serverSessions are the rows of sysview.Environment's Server("sessions"). What a session's own goroutine alone may read is
// told of the session that asks, and of others as it is after login.
func (e surroundings) serverSessions() [][]value.Value {
	s := e.session
	s.service.mu.Lock()
	defer s.service.mu.Unlock()
	var rows [][]value.Value
	for _, one := range s.service.sessions {
		if one.serverName != s.serverName || one != s && (one.db != s.db || !s.who.server) {
			continue
		}
		rows = append(rows, sessionRow(one, one == s))
	}
	return rows
}

func sessionRow(one *session, own bool) []value.Value {
	status, set, count, affected, last, descriptor := "sleeping", defaults(), 0, int64(0), int32(0), one.shown.Load()
	switch {
	case own:
		status, set, count, affected, last = "running", one.settings, one.count, one.affected, one.lastError
	case descriptor != 0:
		count = 1
	}
	address := value.Null()
	if one.login.Client.IsValid() {
		address = value.OfString(one.login.Client.Unmap().String())
	}
	number := func(n int64) value.Value { return value.OfInt(n) }
	row := []value.Value{
		number(int64(one.id)), value.OfDateTime(ticksOf(one.began)), value.OfString(one.login.Host), value.OfString(one.login.App),
		value.OfString(one.original.login), number(int64(one.databaseNumber())), value.OfString(status),
		number(int64(one.login.Process)), number(int64(count)), address, value.OfDateTime(ticksOf(one.began)), value.OfString(one.login.Library),
		value.OfString(set.language), value.OfString(set.dateOrder.String()), number(int64(set.dateFirst)), number(int64(set.isolation)),
		number(set.lockTimeout), number(int64(set.deadlockPriority)), number(affected), number(int64(last)), number(set.textSize), number(int64(descriptor)),
	}
	for _, on := range []bool{
		set.quotedIdentifier, set.arithAbort, set.ansiNullDefault, set.cursorClose && set.implicit, set.ansiWarnings, set.ansiPadding, set.ansiNulls, set.concatNull,
	} {
		row = append(row, value.OfBool(on))
	}
	return row
}
