package app

import (
	"context"
	"time"
)

// What is done while nobody asks for it.
const (
	maintenanceInterval = time.Minute
	signingKeyAge       = 6 * 7 * 24 * time.Hour // Entra rolls its keys about as often
)

// maintain does the instance's regular work until ctx ends. What fails is tried again at the next turn.
func (a *App) maintain(ctx context.Context) error {
	turn := time.NewTicker(maintenanceInterval)
	defer turn.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-turn.C:
			a.turn(ctx)
		}
	}
}

// turn does what is due.
func (a *App) turn(ctx context.Context) {
	if _, err := a.services.tokens.RotateOlder(ctx, signingKeyAge); err != nil {
		a.Log.Error("the signing key was not rotated", "error", err)
	}
	if _, err := a.services.databases.Sweep(ctx); err != nil {
		a.Log.Error("the databases were not swept", "error", err)
	}
	if err := a.services.vaults.Sweep(ctx); err != nil {
		a.Log.Error("the vaults were not swept", "error", err)
	}
}

// sweepBlobs lets Blob Storage do its regular work until ctx ends: what is expired goes, what nobody refers to is
// collected, copies are finished.
func (a *App) sweepBlobs(ctx context.Context) error {
	turn := time.NewTicker(maintenanceInterval)
	defer turn.Stop()
	a.services.blobs.Run(ctx, turn.C, func(err error) { a.Log.Error("blobs were not swept", "error", err) })
	return nil
}
