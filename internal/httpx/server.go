package httpx

import (
	"log/slog"
	"net/http"
	"time"
)

// Times that a connection may take. They bound what a slow or silent client can hold.
const (
	HeaderTime = 10 * time.Second // for the TLS handshake, and for the header of each request
	IdleTime   = 2 * time.Minute  // between requests
	BodyTime   = 5 * time.Minute  // for a whole request
	AnswerTime = 10 * time.Minute // for a whole answer; a front that streams may extend it by http.ResponseController
)

// NewServer returns a server with the limits that every listener has. Its own complaints (failed handshakes, broken
// requests) go to log at Debug: any client can cause them.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           withTLS(h),
		ReadHeaderTimeout: HeaderTime,
		ReadTimeout:       BodyTime,
		WriteTimeout:      AnswerTime,
		IdleTimeout:       IdleTime,
		MaxHeaderBytes:    MaxHeader,
		ConnContext:       connContext,
		ConnState:         connState,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
