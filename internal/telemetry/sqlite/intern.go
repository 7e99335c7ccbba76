package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"

	"github.com/fusebox-llm/fusebox/internal/id"
)

// textHash is what strings are found by. It is cryptographic, so that nobody can
// choose texts that all collide.
func textHash(text string) int64 {
	sum := sha256.Sum256([]byte(text))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// texts remembers what numbers of strings stand for. Numbers are never given to
// another text, not even when the transaction that gave them fails; so the memory
// cannot become wrong. It is safe for concurrent use.
type texts struct {
	mu    sync.Mutex
	known *lru[int64, string]
}

const textOverhead = 128 // bytes that an entry of a cache costs beyond its text

func newTexts(limit int) *texts { return &texts{known: newLRU[int64, string](limit)} }

func (t *texts) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known.clear()
}

func (t *texts) get(n int64) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.known.get(n)
}

func (t *texts) put(n int64, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known.put(n, strings.Clone(text), len(text)+textOverhead)
}

// queryer is what both *sql.DB and *sql.Tx can do.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

const selectText = "SELECT text FROM strings WHERE id = ?"

// read returns the text of a number, from memory or from the file.
func (t *texts) read(ctx context.Context, q queryer, n int64) (string, error) {
	if s, ok := t.get(n); ok {
		return s, nil
	}
	var s string
	if err := q.QueryRowContext(ctx, selectText, n).Scan(&s); err != nil {
		return "", fmt.Errorf("read string %d: %w", n, err)
	}
	t.put(n, s)
	return s, nil
}

// interner gives texts their numbers. The writer alone uses it.
type interner struct {
	conn     *conn
	texts    *texts
	strings  *lru[internKey, int64]
	projects map[id.Project]int64
	next     int64       // number of the next new string
	added    []internKey // by the transaction that is open
	joined   []id.Project
}

type internKey struct {
	project int64
	text    string
}

func newInterner(c *conn, t *texts, limit int) *interner {
	return &interner{conn: c, texts: t, strings: newLRU[internKey, int64](limit), projects: map[id.Project]int64{}}
}

// clear forgets everything.
func (n *interner) clear() {
	n.strings.clear()
	n.texts.clear()
	clear(n.projects)
	n.begin()
}

// begin forgets what the last transaction added.
func (n *interner) begin() { n.added, n.joined = n.added[:0], n.joined[:0] }

// undo forgets what was added by a transaction that failed.
func (n *interner) undo() {
	for _, k := range n.added {
		n.strings.drop(k)
	}
	for _, p := range n.joined {
		delete(n.projects, p)
	}
}

// project returns the number of a project.
func (n *interner) project(p id.Project) (int64, error) {
	if k, ok := n.projects[p]; ok {
		return k, nil
	}
	k, ok, err := n.conn.queryInt("SELECT id FROM projects WHERE name = ?", string(p))
	if err != nil {
		return 0, err
	}
	if !ok {
		if err := n.conn.exec("INSERT INTO projects (name) VALUES (?)", string(p)); err != nil {
			return 0, err
		}
		if k, _, err = n.conn.queryInt("SELECT id FROM projects WHERE name = ?", string(p)); err != nil {
			return 0, err
		}
		n.joined = append(n.joined, p)
	}
	n.projects[p] = k
	return k, nil
}

// number returns the number of a text, which is greater than 0.
func (n *interner) number(project int64, text string) (int64, error) {
	key := internKey{project, text}
	if k, ok := n.strings.get(key); ok {
		return k, nil
	}
	hash := textHash(text)
	k, ok, err := n.conn.queryInt("SELECT id FROM strings WHERE hash = ? AND project = ? AND text = ?", hash, project, text)
	if err != nil {
		return 0, err
	}
	key.text = strings.Clone(text)
	if !ok {
		k = n.next
		n.next++
		if err := n.conn.exec("INSERT INTO strings (id, project, hash, text) VALUES (?, ?, ?, ?)", k, project, hash, text); err != nil {
			return 0, err
		}
		n.added = append(n.added, key)
	}
	n.strings.put(key, k, len(text)+textOverhead)
	n.texts.put(k, key.text)
	return k, nil
}

// optional returns the number of a text, 0 for none.
func (n *interner) optional(project int64, text optional[string]) (int64, error) {
	if !text.ok {
		return 0, nil
	}
	return n.number(project, text.v)
}

// text returns the text of a number.
func (n *interner) text(k int64) (string, error) {
	if s, ok := n.texts.get(k); ok {
		return s, nil
	}
	found := false
	var s string
	err := n.conn.query(selectText, func(v []any) error {
		s, found = v[0].(string)
		return nil
	}, k)
	if err != nil {
		return "", err
	}
	if !found {
		return "", fmt.Errorf("no string has the number %d", k)
	}
	n.texts.put(k, s)
	return s, nil
}
