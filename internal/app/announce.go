package app

import (
	"fmt"
	"net"
)

// announce tells people where the server is and, at the first start, how to send
// to it. The secret is shown this once; only its digest is stored.
func (a *App) announce(addr net.Addr) {
	url := urlOf(addr)
	if a.cfg.HTTP.PublicURL != "" {
		url = a.cfg.HTTP.PublicURL
	}
	if a.first != nil {
		fmt.Fprintf(a.stdout, `
First start: an organization and a project were created. Paste this where your
application runs; the secret key is not shown again.

  export LANGFUSE_PUBLIC_KEY=%s
  export LANGFUSE_SECRET_KEY=%s
  export LANGFUSE_BASE_URL=%s
  export LANGFUSE_HOST=%[3]s      # for older clients
  export LANGFUSE_BASEURL=%[3]s   # for older clients in JavaScript

`, a.first.PublicKey, a.first.SecretKey.Reveal(), url)
	}
	fmt.Fprintf(a.stdout, "listening on %s\n", urlOf(addr))
}

// urlOf returns an address as this machine can reach it: the one that stands for
// all addresses is no place to connect to. What others connect to only
// --public-url can know.
func urlOf(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", tcp.Port)
	}
	return "http://" + addr.String()
}
