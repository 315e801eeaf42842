package sqldb

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/sqldb/catalog"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/collate"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/exec"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/value"
	"github.com/alcedo-cloud/alcedo/internal/tsql"
)

// session is one connection's state. All but end is for one goroutine at a time.
type session struct {
	service    *Service
	id         int
	serverName string
	login      Login
	began      time.Time
	db         *database
	who        identity
	original   identity
	acting     []impersonation // EXECUTE AS: who to go back to
	settings   settings

	tx         *txn.Tx // the open transaction; nil outside of one
	count      int     // @@TRANCOUNT
	descriptor uint64
	shown      atomic.Uint64 // descriptor, for sessions that ask
	doomed     bool
	ran        bool          // a statement has run in the transaction
	edit       *catalog.Edit // definitions that the transaction has changed; nil for none
	saved      map[string]*catalog.Edit

	local      *txn.Local
	temporary  map[string]*catalog.Table  // # tables by folded name
	procedures map[string]*catalog.Module // # procedures by folded name
	version    int                        // grows when a temporary table comes or goes
	globals    []globalTable              // ## tables that the session made
	nextTable  int32                      // ids of temporary tables and variables, negative

	affected      int64 // @@ROWCOUNT
	lastError     int32 // @@ERROR
	lastIdentity  value.Value
	scopeIdentity value.Value             // SCOPE_IDENTITY() of the session's batches
	context       map[string]contextValue // SESSION_CONTEXT
	prepared      map[int32]*preparedStatement
	handles       int32
	cursors       map[string]*cursor
	serverCursors map[int32]*cursor // those of a client, by handle
	cursorHandles int32
	cursorRows    int64            // @@CURSOR_ROWS
	bulk          *tsql.InsertBulk // announced, rows to come
	permitted     map[*bound]bool  // statements that the user has been found to be permitted
	permittedFor  *catalog.Database
	fetchStatus   int
	memory        *exec.Budget
	lockHolder    *txn.Tx // of application locks whose owner is the session

	ending sync.Once
	ended  chan struct{}
	given  context.Context    // with the latest request
	under  context.Context    // of that request, and of the next with the same
	stop   context.CancelFunc // of under; guarded by stopMu
	stopMu sync.Mutex
}

// sessionMemory is what sorts and hashes of one session may keep in memory, in bytes.
const sessionMemory = 256 << 20

type contextValue struct {
	v        value.Value
	t        value.Type
	readOnly bool
}

func (s *Service) begin(l Login, server string, db *database, who identity) *session {
	one := &session{
		service: s, serverName: server, login: l, began: s.now(), db: db, who: who, original: who, settings: defaults(),
		ended: make(chan struct{}),
	}
	one.fresh()
	s.mu.Lock()
	defer s.mu.Unlock()
	one.id = firstSession
	for s.sessions[one.id] != nil {
		one.id++
	}
	s.sessions[one.id] = one
	return one
}

// fresh gives a session what it has after login.
func (s *session) fresh() {
	s.local = txn.NewLocal()
	if s.memory != nil {
		s.releaseCursors()
	}
	s.memory = exec.NewBudget(sessionMemory)
	s.temporary = map[string]*catalog.Table{}
	s.procedures = map[string]*catalog.Module{}
	s.context = map[string]contextValue{}
	s.prepared = map[int32]*preparedStatement{}
	s.cursors, s.serverCursors, s.cursorRows = map[string]*cursor{}, map[int32]*cursor{}, 0
	s.permitted = map[*bound]bool{}
	s.affected, s.lastError, s.fetchStatus = 0, 0, 0
	s.lastIdentity, s.scopeIdentity = value.Null(), value.Null()
	s.version++
	s.bulk = nil
}

// ID is @@SPID.
func (s *session) ID() int { return s.id }

// Database is the name of the current database.
func (s *session) Database() string { return s.db.current().Name }

// Language is the session's language.
func (s *session) Language() string { return s.settings.language }

// Collation is the current database's default.
func (s *session) Collation() *collate.Collation { return s.db.current().Collation }

// Descriptor is the open transaction's, 0 for none.
func (s *session) Descriptor() uint64 { return s.descriptor }

// Ended is closed when the server has ended the session.
func (s *session) Ended() <-chan struct{} { return s.ended }

// end has the session closed from outside: what runs is cancelled, and the front closes the connection.
func (s *session) end() {
	s.ending.Do(func() { close(s.ended) })
	s.stopMu.Lock()
	defer s.stopMu.Unlock()
	if s.stop != nil {
		s.stop()
	}
}

func (s *Service) endSessions(which func(*session) bool) {
	s.mu.Lock()
	var out []*session
	for _, one := range s.sessions {
		if which(one) {
			out = append(out, one)
		}
	}
	s.mu.Unlock()
	for _, one := range out {
		one.end()
	}
}

// Close rolls back what is open and frees the session's number.
func (s *session) Close() error {
	s.end()
	err := errors.Join(s.rollbackAll(), s.releaseLocks())
	s.releaseCursors()
	s.dropGlobals()
	s.service.mu.Lock()
	defer s.service.mu.Unlock()
	delete(s.service.sessions, s.id)
	return err
}

// Reset gives the session the state that it had after login.
func (s *session) Reset(_ context.Context, keep bool, out Sink) error {
	if descriptor := s.descriptor; !keep && s.tx != nil {
		if err := s.rollbackAll(); err != nil {
			return err
		}
		if err := out.Change(Change{Kind: ChangeRollback, Descriptor: descriptor}); err != nil {
			return err
		}
	}
	if err := s.releaseLocks(); err != nil {
		return err
	}
	s.who, s.acting, s.settings = s.original, nil, defaults()
	local := s.local
	s.fresh()
	s.dropGlobals()
	if keep && s.tx != nil {
		s.local = local // the transaction writes to it; nothing finds its tables any more
	}
	return nil
}

// releaseLocks gives up the application locks whose owner is the session.
func (s *session) releaseLocks() error {
	holder := s.lockHolder
	s.lockHolder = nil
	if holder == nil {
		return nil
	}
	return holder.Rollback()
}

// view is the catalog that the session's statements see.
func (s *session) view() *catalog.Database {
	if s.edit != nil {
		return s.edit.Database()
	}
	return s.db.current()
}
