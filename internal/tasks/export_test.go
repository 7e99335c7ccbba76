package tasks

// Working returns how many tasks the process takes for running in it.
func (s *Service) Working() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.working)
}
