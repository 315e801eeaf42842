package vault

import (
	"encoding/base64"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/httpx"
)

// backedUp answers a backup.
func backedUp(sealed []byte) *httpx.Response {
	return &httpx.Response{Body: blob{base64.RawURLEncoding.EncodeToString(sealed)}}
}

// backup is the backup that a request to restore has.
func (rq *request) backup() ([]byte, error) {
	var body blob
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	sealed, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(body.Value, "="))
	if err != nil || len(sealed) == 0 {
		return nil, badParameter("Property value has invalid value\r\n")
	}
	return sealed, nil
}
