package commands

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"

	"github.com/glancegate/glancegate/internal/retirement/desk"
)

// deskPath is where the admin API has the data of the desk.
const deskPath = "/glance_registry/desk"

func deskCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "desk",
		Short: "Prints who still calls the registry and what is planned",
		Long: `
Asks the gateway that runs on this host, through its admin API, for what the page of
glance_registry_desk shows: who still calls, what to change there, brownouts and sunset,
databases and caches.
`,
		Args: cobra.NoArgs,
	}
	asJSON := cmd.Flags().Bool("json", false, "print JSON")
	address := cmd.Flags().String("address", "", "the address of the admin API, if it is not the default")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cmd.SilenceUsage = true
		return printDesk(cmd.OutOrStdout(), *address, *asJSON)
	}
	return cmd
}

func printDesk(out io.Writer, address string, asJSON bool) error {
	address, err := caddycmd.DetermineAdminAPIAddress(address, nil, "", "")
	if err != nil {
		return fmt.Errorf("admin API: %w", err)
	}
	res, err := caddycmd.AdminAPIRequest(address, http.MethodGet, deskPath, nil, nil)
	if err != nil {
		return fmt.Errorf("asking the admin API at %s: %w; name it with --address if it is another", address, err)
	}
	defer res.Body.Close()
	if asJSON {
		_, err := io.Copy(out, res.Body)
		return err
	}
	var d desk.Data
	if err := json.NewDecoder(res.Body).Decode(&d); err != nil {
		return fmt.Errorf("the answer of the admin API at %s: %w", address, err)
	}
	return d.WriteText(out)
}
