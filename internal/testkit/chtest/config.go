//go:build linux

package chtest

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// writeConfig writes the server's configuration and its users.
func (s *Server) writeConfig() error {
	var dir strings.Builder
	if err := xml.EscapeText(&dir, []byte(s.dir)); err != nil {
		return err
	}
	// listen_reuse_port lets the server listen on the ports that reserveAddr
	// holds for it.
	config := fmt.Sprintf(`<clickhouse>
<logger><log>%[1]s/server.log</log><errorlog>%[1]s/server.err.log</errorlog></logger>
<users_config>%[1]s/users.xml</users_config>
<tcp_port>%[2]s</tcp_port>
<listen_reuse_port>1</listen_reuse_port>
<background_schedule_pool_size>16</background_schedule_pool_size>
<query_log><database>system</database><table>query_log</table><flush_interval_milliseconds>1000</flush_interval_milliseconds></query_log>
</clickhouse>
`, dir.String(), port(s.TCPAddr))
	// "default" must exist without a password: the engine's own session, which
	// holds the server up, logs in as it and takes no other credentials.
	// The profile undoes what the engine's local mode has on and a server has off.
	users := fmt.Sprintf(`<clickhouse>
<profiles><default><implicit_select>0</implicit_select><allow_introspection_functions>0</allow_introspection_functions></default></profiles>
<quotas><default/></quotas>
<users>
<default><password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default>
<%[1]s><password>%[2]s</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></%[1]s>
</users>
</clickhouse>
`, User, Password)
	for name, content := range map[string]string{"config.xml": config, "users.xml": users} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o600); err != nil {
			return err
		}
	}
	return nil
}
