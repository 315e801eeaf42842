package sqldb

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/sqldb/txn"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Directory is what the service asks of the tenant's directory; *directory.Service is one.
type Directory interface {
	Principal(ctx context.Context, objectID string) (directory.Principal, bool, error)
	PrincipalByAppID(ctx context.Context, appID string) (directory.Principal, bool, error)
	PrincipalsByName(ctx context.Context, name string) ([]directory.Principal, error)
	Active(ctx context.Context, objectID string) (bool, error)
	Groups(ctx context.Context, objectID string) ([]string, error)
}

// Config is what a Service is made of. All but Recorder and Log is needed.
type Config struct {
	Store     store.Store
	Clock     clock.Clock
	Rand      io.Reader
	Directory Directory
	Recorder  audit.Recorder // is told of logins that were refused or let in; nil tells nobody
	// Documents is told of databases that T-SQL made, renamed or dropped, in the same transaction; nil tells nobody.
	Documents Documents
	Log       *slog.Logger
	Spill     string // a folder for sorts that outgrow a session's memory; "" has none
	Suffix    string // database.windows.net: @@SERVERNAME and the texts of refusals have it
	TenantID  string
}

// Documents keeps Resource Manager's documents in step with what statements do to databases.
type Documents interface {
	DatabaseMade(tx store.Tx, server *Server, d Database) error // made or changed
	DatabaseRenamed(tx store.Tx, server *Server, d Database, was string) error
	DatabaseDropped(tx store.Tx, server *Server, d Database) error
}

// Service is Azure SQL Database. It is safe for concurrent use.
type Service struct {
	Config
	servers  *store.Mirror[*servers]
	engine   *txn.Engine
	verified *verified

	mu       sync.Mutex
	open     map[int32]*database // by id; databases that somebody has used
	sessions map[int]*session    // by @@SPID
	life     context.Context     // until Close
	endLife  context.CancelFunc
	drops    sync.WaitGroup // of ## tables that wait for those who use them
}

// firstSession is the lowest @@SPID of a user's session: those below are the server's own.
const firstSession = 51

// New returns the service.
func New(c Config) (*Service, error) {
	if c.Store == nil || c.Clock == nil || c.Rand == nil || c.Directory == nil || c.Suffix == "" {
		return nil, errors.New("sqldb: Config needs Store, Clock, Rand, Directory and Suffix")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Rand = &serialReader{r: c.Rand}
	s := &Service{Config: c, open: map[int32]*database{}, sessions: map[int]*session{}}
	s.life, s.endLife = context.WithCancel(context.Background())
	var err error
	if s.engine, err = txn.New(txn.Config{Store: c.Store}); err != nil {
		return nil, err
	}
	if s.verified, err = newVerified(c.Rand); err != nil {
		return nil, err
	}
	s.servers = store.NewMirror(c.Store, "sqlservers", loadServers)
	return s, nil
}

// Close ends all sessions and rolls back what they have open.
func (s *Service) Close() error {
	s.mu.Lock()
	all := make([]*session, 0, len(s.sessions))
	for _, one := range s.sessions {
		all = append(all, one)
	}
	s.mu.Unlock()
	for _, one := range all {
		one.end()
	}
	s.mu.Lock()
	s.endLife()
	s.mu.Unlock()
	s.drops.Wait()
	return s.engine.Close(context.Background())
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC() }

// serialReader lets goroutines read r one after another.
type serialReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (s *serialReader) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(b)
}
