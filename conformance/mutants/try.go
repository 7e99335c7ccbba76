package main

import (
	"context"
	"fmt"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"
)

// A result is what became of a mutant.
type result struct {
	mutant
	killedBy string // the replay that showed it; "" for a survivor
}

// try replays to a server of each mutant until one shows it, and returns the results
// in the order of the mutants.
func try(ctx context.Context, mutants []mutant, replays []*replay, o options, progress io.Writer) ([]result, error) {
	results := make([]result, len(mutants))
	var (
		group, groupCtx = errgroup.WithContext(ctx)
		mu              sync.Mutex // guards done and progress
		done            int
	)
	group.SetLimit(max(o.workers, 1))
	for i, m := range mutants {
		group.Go(func() error {
			killedBy, err := killer(groupCtx, m, replays, o.thorough)
			if err != nil {
				return fmt.Errorf("%s: %w", m, err)
			}
			results[i] = result{m, killedBy}
			mu.Lock()
			defer mu.Unlock()
			if done++; done%50 == 0 || done == len(mutants) {
				fmt.Fprintf(progress, "%d of %d mutants tried\n", done, len(mutants))
			}
			return nil
		})
	}
	return results, group.Wait()
}

// killer returns the first replay that shows the mutant, "" if none does.
func killer(ctx context.Context, m mutant, replays []*replay, thorough bool) (string, error) {
	for _, r := range replays {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if !thorough {
			if same, err := r.sameStates(m.tables); err != nil {
				return "", err
			} else if same {
				continue
			}
		}
		if where, err := r.differs(ctx, m.tables); err != nil {
			return "", fmt.Errorf("%s: %w", r, err)
		} else if where != "" {
			return r.String(), nil
		}
	}
	return "", nil
}
