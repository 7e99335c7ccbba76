package media

import (
	"errors"
	"io"
)

// seeker reads content from any place, as players of sound and video ask for it. Going
// forward skips what lies between, going back opens the content again; nothing is
// done before the next Read.
type seeker struct {
	open func() (io.ReadCloser, error)
	size int64

	body     io.ReadCloser
	at, want int64
}

func (s *seeker) reopen() (err error) {
	if s.body != nil {
		err = s.body.Close()
		s.body = nil
	}
	if err != nil {
		return err
	}
	s.at = 0
	s.body, err = s.open()
	return err
}

// Read implements io.Reader.
func (s *seeker) Read(p []byte) (int, error) {
	if s.want < s.at || s.body == nil {
		if err := s.reopen(); err != nil {
			return 0, err
		}
	}
	if skip := s.want - s.at; skip > 0 {
		n, err := io.CopyN(io.Discard, s.body, skip)
		s.at += n
		if err != nil {
			return 0, err
		}
	}
	n, err := s.body.Read(p)
	s.at += int64(n)
	s.want = s.at
	return n, err
}

// Seek implements io.Seeker.
func (s *seeker) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += s.want
	case io.SeekEnd:
		offset += s.size
	}
	if offset < 0 {
		return 0, errors.New("media: a place before the start")
	}
	s.want = offset
	return offset, nil
}

// Close implements io.Closer.
func (s *seeker) Close() error {
	if s.body == nil {
		return nil
	}
	return s.body.Close()
}
