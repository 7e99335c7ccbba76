package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// conn is the writer's connection. It speaks to the driver directly rather than
// through database/sql, whose checks per argument cost as much as the binding.
// It is not safe for concurrent use.
type conn struct {
	dc    driver.Conn
	stmts map[string]preparedStmt
	args  []driver.NamedValue
}

type preparedStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func newConn(dc driver.Conn) *conn {
	return &conn{dc: dc, stmts: map[string]preparedStmt{}}
}

func (c *conn) close() error {
	var errs []error
	for _, s := range c.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, c.dc.Close())...)
}

// prepare returns the prepared form of a statement; statements are kept, so the
// texts must come from a fixed set.
func (c *conn) prepare(query string) (preparedStmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	ds, err := c.dc.Prepare(query)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	s, ok := ds.(preparedStmt)
	if !ok {
		return nil, errors.Join(errors.New("the driver's statements take no context"), ds.Close())
	}
	c.stmts[query] = s
	return s, nil
}

// named turns arguments into the driver's form. The result is valid until the
// next call.
func (c *conn) named(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

// exec runs a statement. Arguments are int64, string, []byte or nil.
func (c *conn) exec(query string, args ...any) error {
	s, err := c.prepare(query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(context.Background(), c.named(args))
	return err
}

// query runs a statement and hands each row to the function, whose argument is
// valid during the call only.
func (c *conn) query(query string, each func(v []any) error, args ...any) error {
	s, err := c.prepare(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background(), c.named(args))
	if err != nil {
		return err
	}
	values := make([]driver.Value, len(rows.Columns()))
	row := make([]any, len(values))
	for {
		if err = rows.Next(values); err != nil {
			break
		}
		for i, v := range values {
			row[i] = v
		}
		if err = each(row); err != nil {
			break
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, rows.Close())
}

// queryInt returns the first column of the first row; ok is false when there is
// no row or it is NULL.
func (c *conn) queryInt(query string, args ...any) (n int64, ok bool, err error) {
	err = c.query(query, func(v []any) error {
		if !ok {
			n, ok = v[0].(int64)
		}
		return nil
	}, args...)
	return n, ok, err
}
