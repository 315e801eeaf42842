package blob

import (
	"encoding/binary"
	"math"

	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// piecesARow is how many pieces one key of a manifest holds. Appending writes rows of one.
const piecesARow = 128

// sharedPiece marks the form of a piece that another manifest may hold too.
const sharedPiece = 0x80

// piece is a run of bytes of a manifest: a block, or what was appended at once.
type piece struct {
	id      string // the block's ID as its bytes; "" of what has none
	start   int64  // offset in the blob
	content Content
}

func (p piece) end() int64 { return p.start + p.content.Size }

// writeManifest writes pieces, whose starts follow one another, behind what the manifest has.
func writeManifest(tx store.Tx, id content.ID, pieces []piece) error {
	for len(pieces) > 0 {
		row := pieces[:min(piecesARow, len(pieces))]
		pieces = pieces[len(row):]
		if err := tx.Put(keyManifest(id, row[len(row)-1].end()), encodePieces(row)); err != nil {
			return err
		}
	}
	return nil
}

// A row is a byte of format (1), the start of its first piece as a uvarint, and the pieces: the length of the block's
// ID, the ID, the form, the content's ID, its size as a uvarint and its CRC in 8 bytes.
func encodePieces(row []piece) []byte {
	b := make([]byte, 0, 16+len(row)*96)
	b = binary.AppendUvarint(append(b, recordFormat), uint64(row[0].start))
	for _, p := range row {
		b = append(append(b, byte(len(p.id))), p.id...)
		form := byte(p.content.Form)
		if p.content.Shared {
			form |= sharedPiece
		}
		b = append(append(b, form), p.content.ID[:]...)
		b = binary.AppendUvarint(b, uint64(p.content.Size))
		b = binary.BigEndian.AppendUint64(b, p.content.CRC64)
	}
	return b
}

func decodePieces(b []byte) ([]piece, error) {
	if len(b) == 0 || b[0] != recordFormat {
		return nil, errRecord
	}
	start, n := binary.Uvarint(b[1:])
	if n <= 0 || start > math.MaxInt64 {
		return nil, errRecord
	}
	b = b[1+n:]
	at := int64(start)
	var row []piece
	for len(b) > 0 {
		size := int(b[0])
		if len(b) < 1+size+1+content.IDSize {
			return nil, errRecord
		}
		p := piece{id: string(b[1 : 1+size]), start: at}
		b = b[1+size:]
		p.content.Form, p.content.Shared = Form(b[0]&^sharedPiece), b[0]&sharedPiece != 0
		copy(p.content.ID[:], b[1:])
		b = b[1+content.IDSize:]
		length, n := binary.Uvarint(b)
		if n <= 0 || len(b) < n+8 || length > uint64(math.MaxInt64-at) {
			return nil, errRecord
		}
		p.content.Size, p.content.CRC64 = int64(length), binary.BigEndian.Uint64(b[n:])
		b = b[n+8:]
		at += p.content.Size
		row = append(row, p)
	}
	return row, nil
}

// readManifest reads the pieces that have bytes at from and before to.
func readManifest(r store.Reader, id content.ID, from, to int64) ([]piece, error) {
	var found []piece
	if from >= to {
		return nil, nil
	}
	for item, err := range r.Scan(keyManifest(id, from+1), store.End(prefixManifest(id))) {
		if err != nil {
			return nil, err
		}
		row, err := decodePieces(item.Value)
		if err != nil {
			return nil, err
		}
		for _, p := range row {
			if p.start >= to {
				return found, nil
			}
			if p.end() > from {
				found = append(found, p)
			}
		}
		if row[len(row)-1].end() >= to {
			return found, nil
		}
	}
	return found, nil
}
