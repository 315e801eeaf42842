package blob

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// A copy from outside of this cloud is a job until it has ended. Its record outlives the process, so that whoever starts
// again takes it up:
//
//	blob j {instance}{name}   JSON: a copyJob
func keyJob(i instance, name string) []byte { return keyIn("j", i, keyName(name)) }

type copyJob struct {
	ID        string   `json:"id"`
	Account   string   `json:"account"`
	Container string   `json:"container"`
	Name      string   `json:"name"`
	URL       string   `json:"url"`
	Instance  instance `json:"instance"`
}

// copies are the jobs that this process works on.
type copies struct {
	mu      sync.Mutex
	running map[string]context.CancelFunc // by copy ID
	ended   sync.WaitGroup
	closed  bool
}

// begin notes a job; it reports false where it runs already, or nothing may begin any more.
func (c *copies) begin(id string, cancel context.CancelFunc) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.running[id] != nil {
		return false
	}
	if c.running == nil {
		c.running = map[string]context.CancelFunc{}
	}
	c.running[id] = cancel
	c.ended.Add(1)
	return true
}

func (c *copies) end(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.running, id)
	c.ended.Done()
}

// cancel ends a job, if it runs here.
func (c *copies) cancel(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if stop := c.running[id]; stop != nil {
		stop()
	}
}

// close ends all jobs and waits for them. What they were about stays pending, for the next process.
func (c *copies) close() {
	c.mu.Lock()
	c.closed = true
	for _, stop := range c.running {
		stop()
	}
	c.mu.Unlock()
	c.ended.Wait()
}

// beginCopy writes a blob whose copy is pending, and goes on fetching behind the answer.
func (s *Service) beginCopy(ctx context.Context, g grant, t Target, r *CopyBlob) (*Blob, error) {
	// The source is asked for now, so that one that cannot be read is refused and not failed later.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	src, err := s.openSource(work, r.Source)
	if err != nil {
		cancel()
		return nil, err
	}
	job := copyJob{ID: r.id, Account: t.Account, Container: t.Container, Name: t.Blob, URL: r.Source.URL}
	var pending *Blob
	err = s.mutate(ctx, g, t, func(m *mutation) error {
		b, err := m.pendingCopy(g, r, src, &job)
		if err == nil {
			pending = m.answer(b)
		}
		return err
	})
	if err != nil {
		src.close()
		cancel()
		return nil, err
	}
	s.run(work, cancel, job, src)
	return pending, nil
}

// pendingCopy writes the blob and its job.
func (m *mutation) pendingCopy(g grant, r *CopyBlob, src *opened, job *copyJob) (*Blob, error) {
	if err := m.mayCopy(g, r, BlockBlob); err != nil {
		return nil, err
	}
	b := newBlob(BlockBlob, src.headers, src.metadata)
	m.finishCopy(b, r)
	b.ContentMD5 = nil
	b.Copy = &Copy{ID: job.ID, Status: copyPending, Source: r.Source.shown(), Total: max(src.length, 0)}
	job.Instance = m.container.instance
	record, err := json.Marshal(job)
	if err != nil {
		return nil, fault.Wrap("blob.CopyBlob", err)
	}
	if err := m.tx.Put(keyJob(m.container.instance, m.name), record); err != nil {
		return nil, err
	}
	return b, m.place(b)
}

// run fetches a source into its blob in a goroutine of its own. A job that is running already is left alone.
func (s *Service) run(ctx context.Context, cancel context.CancelFunc, job copyJob, src *opened) {
	if !s.copies.begin(job.ID, cancel) {
		src.close()
		cancel()
		return
	}
	go func() {
		defer s.copies.end(job.ID)
		defer cancel()
		defer src.close()
		st, err := s.arrive(ctx, src.upload(upload{most: maxCommittedBlocks * maxBlock, sum: true}), nil)
		if ctx.Err() != nil {
			s.discard(st.staged)
			return // aborted, or to be taken up again
		}
		if err := s.endCopy(ctx, job, st, err); surelyFailed(err) {
			s.discard(st.staged)
		}
	}()
}

// endCopy writes how a job ended, unless the copy was aborted or the blob is another one by now.
func (s *Service) endCopy(ctx context.Context, job copyJob, st arrival, failed error) error {
	account, err := s.account(ctx, job.Account)
	if err != nil {
		return err
	}
	t := Target{Account: job.Account, Container: job.Container, Blob: job.Name}
	return s.mutate(ctx, grant{account: account}, t, func(m *mutation) error {
		if m.base == nil || m.base.Copy == nil || m.base.Copy.ID != job.ID || m.base.Copy.Status != copyPending {
			return refuse(fault.Conflict, "NoPendingCopyOperation")
		}
		b := *m.base
		ended := *b.Copy
		ended.Completed = m.now
		if failed != nil {
			ended.Status, ended.Description = copyFailed, "500 "+fault.ReasonOf(failed)+" \"Copy failed when reading the source.\""
		} else {
			ended.Status, ended.Copied, ended.Total = copySuccess, st.content.Size, st.content.Size
			b.Size, b.Content, b.ContentMD5 = st.content.Size, st.content, st.md5
			if err := st.put(m.tx); err != nil {
				return err
			}
		}
		b.Copy = &ended
		m.touch(&b)
		if err := m.tx.Delete(keyJob(m.container.instance, m.name)); err != nil {
			return err
		}
		return m.save(&b)
	})
}

// resumeCopies takes up the jobs that an earlier process has left.
func (s *Service) resumeCopies(ctx context.Context) error {
	var jobs []copyJob
	err := store.View(ctx, s.Store, func(r store.Reader) error {
		prefix := store.Prefix("blob", "j")
		for item, err := range r.Scan(prefix, store.End(prefix)) {
			if err != nil {
				return err
			}
			var job copyJob
			if err := json.Unmarshal(item.Value, &job); err != nil {
				return fault.Wrap("blob.resumeCopies", err)
			}
			jobs = append(jobs, job)
		}
		return nil
	})
	for _, job := range jobs {
		err = errors.Join(err, s.resume(ctx, job))
	}
	return err
}

func (s *Service) resume(ctx context.Context, job copyJob) error {
	s.copies.mu.Lock()
	running := s.copies.running[job.ID] != nil
	s.copies.mu.Unlock()
	if running {
		return nil
	}
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	src, err := s.openSource(work, Source{URL: job.URL})
	if err == nil {
		s.run(work, cancel, job, src)
		return nil
	}
	cancel()
	if fault.Is(err, fault.Unavailable) {
		return nil // next time
	}
	if err = s.endCopy(ctx, job, arrival{}, err); fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return s.dropJob(ctx, job)
	}
	return err
}

// dropJob removes a job whose blob is another one by now.
func (s *Service) dropJob(ctx context.Context, job copyJob) error {
	return s.Store.Update(ctx, func(tx store.Tx) error { return tx.Delete(keyJob(job.Instance, job.Name)) })
}
