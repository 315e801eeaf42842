package sql

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/sqldb"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// origin is the database that a new one is made of. What a dropped one was like only the service knows.
type origin struct {
	ref                  sqldb.DatabaseRef
	collation, objective string // "" of a dropped one
}

// originOf finds what a new database is made of; nil where it is made of nothing.
func originOf(ch *resource.Change, server *resource.Document, sent *databaseProperties) (*origin, error) {
	mode := "Default"
	if sent.CreateMode != nil {
		mode = *sent.CreateMode
	}
	switch strings.ToLower(mode) {
	case "default":
		if sent.SourceDatabaseID != nil && *sent.SourceDatabaseID != "" {
			return nil, invalid("createMode")
		}
		return nil, nil
	case "copy":
		return copied(ch, sent)
	case "restore", "pointintimerestore":
		return restored(server, sent)
	case "secondary", "onlinesecondary", "recovery", "restoreexternalbackup", "restoreexternalbackupsecondary", "restorelongtermretentionbackup":
		return nil, unsupported("FeatureNotSupported", "The create mode '%s' is not supported: use Default, Copy or Restore.", mode)
	}
	return nil, invalid("createMode")
}

func sourceNotFound() error {
	return fault.New(fault.NotFound, "sql", "SourceDatabaseNotFound", "The source database does not exist.")
}

// copied is a living database, which the caller must be allowed to read.
func copied(ch *resource.Change, sent *databaseProperties) (*origin, error) {
	if sent.SourceDatabaseID == nil {
		return nil, invalid("sourceDatabaseId")
	}
	id, ok := resource.ParseID(*sent.SourceDatabaseID)
	if !ok || !strings.EqualFold(id.FullType(), Namespace+"/"+databaseType) || id.Name() == "" {
		return nil, invalid("sourceDatabaseId")
	}
	if err := ch.Call.Authorize(Namespace+"/"+databaseType+"/read", id.Scope()); err != nil {
		return nil, err
	}
	if reserved(id.Name()) {
		return nil, reservedName()
	}
	doc, err := resource.GetTx(ch.Tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, sourceNotFound()
	}
	if err != nil {
		return nil, fault.Wrap("sql.copied", err)
	}
	return &origin{
		ref: sqldb.DatabaseRef{Server: strings.ToLower(id.Names[0]), Database: doc.Name}, collation: text(doc.Properties["collation"]),
		objective: text(doc.Properties["currentServiceObjectiveName"]),
	}, nil
}

// restored is a dropped database of the same server, as it was when it was dropped: there are no backups of other times.
// The service knows which there are, and what they were like.
func restored(server *resource.Document, sent *databaseProperties) (*origin, error) {
	name, at, err := droppedName(server, sent)
	if err != nil {
		return nil, err
	}
	if at.IsZero() {
		return nil, unsupported("FeatureNotSupported", "A living database cannot be restored to a point in time: copy it, or restore a dropped one by 'sourceDatabaseDeletionDate'.")
	}
	if err := restorePoint(at, sent); err != nil {
		return nil, err
	}
	return &origin{ref: sqldb.DatabaseRef{Server: strings.ToLower(server.Name), Database: name, Deleted: at}}, nil
}

// droppedName is the name and the deletion of the database to be restored; the time is zero where none is given.
func droppedName(server *resource.Document, sent *databaseProperties) (name string, at time.Time, err error) {
	source := sent.SourceDatabaseID
	if sent.RestorableDroppedID != nil {
		source = sent.RestorableDroppedID
	}
	if source == nil {
		return "", at, invalid("sourceDatabaseId")
	}
	id, ok := resource.ParseID(*source)
	if !ok || id.Name() == "" || len(id.Names) != 2 || !strings.EqualFold(id.Container().String(), server.ID) {
		return "", at, invalid("sourceDatabaseId") // another server's database is not restored here
	}
	switch {
	case strings.EqualFold(id.Type(), "servers/restorableDroppedDatabases"):
		name, at, ok = splitDropped(id.Name())
		if !ok {
			return "", at, invalid("restorableDroppedDatabaseId")
		}
		return name, at, nil
	case !strings.EqualFold(id.Type(), databaseType):
		return "", at, invalid("sourceDatabaseId")
	}
	if sent.SourceDeletionDate == nil {
		return id.Name(), at, nil
	}
	if at, err = time.Parse(time.RFC3339Nano, *sent.SourceDeletionDate); err != nil {
		return "", at, invalid("sourceDatabaseDeletionDate")
	}
	return id.Name(), at, nil
}

// restorePoint refuses a point in time other than that of the deletion.
func restorePoint(deleted time.Time, sent *databaseProperties) error {
	if sent.RestorePoint == nil {
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, *sent.RestorePoint)
	if err != nil || at.After(deleted.Add(time.Second)) {
		return invalid("restorePointInTime")
	}
	if at.Before(deleted.Truncate(time.Second)) {
		return unsupported("FeatureNotSupported", "A dropped database is restored as it was when it was dropped: leave out 'restorePointInTime'.")
	}
	return nil
}

// The names of dropped databases end with the time of their deletion, in ticks of 100 ns since 1601.
const (
	ticksAt1970 = 116444736000000000
	tick        = 100 * time.Nanosecond
)

func droppedID(d *sqldb.Database) string {
	ticks := d.Deleted.UnixNano()/int64(tick) + ticksAt1970
	return d.Name + "," + strconv.FormatInt(ticks, 10)
}

func splitDropped(text string) (name string, at time.Time, ok bool) {
	i := strings.LastIndexByte(text, ',')
	if i <= 0 {
		return "", at, false
	}
	ticks, err := strconv.ParseInt(text[i+1:], 10, 64)
	if err != nil || ticks < ticksAt1970 || ticks > ticksAt1970+(1<<63-1)/int64(tick) {
		return "", at, false
	}
	return text[:i], time.Unix(0, (ticks-ticksAt1970)*int64(tick)).UTC(), true
}
