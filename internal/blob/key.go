package blob

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Keys. An instance is what a container is from its creation to its deletion: a container of the same name made later
// has another one, so deleting a container need not touch its blobs.
//
//	blob a {account}                                  JSON: an Account
//	blob c {account} {container}                      a Container
//	blob cd {account} {container} {ticks}             a Container that was deleted softly
//	blob x {instance}                                 nothing: an instance that is gone, its blobs to be swept
//	blob b {instance}{name}                           a Blob
//	blob h {instance}{name} 0 {ticks}{kind}           a Blob: a snapshot, a version, what was deleted softly
//	blob u {instance}{name} 0                         a Staged: what holds for all uncommitted blocks of the blob
//	blob u {instance}{name} 0 {block id}              a Block
//	blob d {id}                                       bytes of a content that is inline
//	blob m {id}{end}                                  pieces of a manifest, by the offset behind the last one
//
// Only what lists walk over lies under b, and only what is alive, so that a page costs what it shows. A name longer than
// maxKeyName bytes is cut, and its hash put behind it: such names sort right as far as the cut.
const (
	maxKeyName   = 2200
	instanceSize = 8
)

// instance names one life of a container.
type instance [instanceSize]byte

// historyKind says why a blob lies under h.
type historyKind byte

const (
	snapshotKind historyKind = 's' // {ticks} is Snapshot
	versionKind  historyKind = 'v' // {ticks} is VersionID
	deletedKind  historyKind = 'x' // the base blob, deleted softly; {ticks} is Deleted
)

func keyAccount(name string) []byte { return store.Key("blob", "a", name) }

func keyContainer(account, name string) []byte { return store.Key("blob", "c", account, name) }

func keyDeletedContainer(account, name string, deleted Ticks) []byte {
	return binary.BigEndian.AppendUint64(store.Prefix("blob", "cd", account, name), uint64(deleted))
}

func keyDead(i instance) []byte { return append(store.Prefix("blob", "x"), i[:]...) }

// keyName is a blob's name as keys have it.
func keyName(name string) string {
	if len(name) <= maxKeyName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	var hex strings.Builder
	hex.WriteString(name[:maxKeyName])
	for _, b := range sum {
		// No byte may be 0.
		hex.WriteByte(b>>4 + 1)
		hex.WriteByte(b&15 + 1)
	}
	return hex.String()
}

func keyIn(table string, i instance, name string) []byte {
	key := make([]byte, 0, 7+instanceSize+len(name)+10)
	key = append(append(append(key, "blob\x00"...), table...), 0)
	return append(append(key, i[:]...), name...)
}

func keyBlob(i instance, name string) []byte { return keyIn("b", i, keyName(name)) }

// prefixHistory is the start of all that h has of a name.
func prefixHistory(i instance, name string) []byte { return append(keyIn("h", i, keyName(name)), 0) }

func keyHistory(i instance, name string, at Ticks, kind historyKind) []byte {
	return append(binary.BigEndian.AppendUint64(prefixHistory(i, name), uint64(at)), byte(kind))
}

// keyStaged is the header of a blob's uncommitted blocks, and the start of their keys.
func keyStaged(i instance, name string) []byte { return append(keyIn("u", i, keyName(name)), 0) }

func keyBlock(i instance, name, blockID string) []byte {
	return append(keyStaged(i, name), blockID...)
}

// InlineContents is the prefix of the contents that are kept in the store. Their IDs begin with the moment they were made
// at, so that a new one comes behind all others.
func InlineContents() []byte { return store.Prefix("blob", "d") }

func keyData(id content.ID) []byte { return append(InlineContents(), id[:]...) }

func prefixManifest(id content.ID) []byte { return append(store.Prefix("blob", "m"), id[:]...) }

func keyManifest(id content.ID, end int64) []byte {
	return binary.BigEndian.AppendUint64(prefixManifest(id), uint64(end))
}

var errKey = errors.New("blob: a stored key is damaged")

// historyOf reads the moment and the kind from a key below prefixHistory.
func historyOf(key []byte) (at Ticks, kind historyKind, err error) {
	if len(key) < 9 {
		return 0, 0, errKey
	}
	tail := key[len(key)-9:]
	return Ticks(binary.BigEndian.Uint64(tail)), historyKind(tail[8]), nil
}
