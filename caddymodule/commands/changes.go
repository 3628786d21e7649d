package commands

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/internal/dburl"
)

// changesLimit bounds a command that connects to a database.
const changesLimit = 30 * time.Second

func changesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "changes",
		Short: "Prepares a database so that its changes can be followed",
		Long: `
With "changes" in its cache block the gateway follows all changes of Glance's
database. PostgreSQL needs triggers for that, MySQL and MariaDB need privileges and
settings, SQLite needs nothing.

The database is given as in glance-registry.conf. It may contain placeholders
such as {env.DATABASE_URL} and {file./etc/glance/database_url}.
`,
	}
	for _, sub := range []struct {
		use, short string
		run        func(ctx context.Context, out io.Writer, url string) error
	}{
		{"print", "Prints the SQL and the settings that are needed", printChanges},
		{"install", "Creates the triggers in PostgreSQL, as the owner of Glance's tables", installChanges},
		{"remove", "Drops the triggers and their schema from PostgreSQL", removeChanges},
		{"status", "Tests whether the changes can be followed; if not, it fails and says why", statusOfChanges},
	} {
		command := &cobra.Command{Use: sub.use + " --database <url>", Short: sub.short, Args: cobra.NoArgs}
		database := command.Flags().String("database", "", "the database URL (required)")
		_ = command.MarkFlagRequired("database") // it is there
		command.RunE = func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			url, err := placeholder.Expand(*database)
			if err != nil {
				return fmt.Errorf("database URL: %w", err)
			}
			parent := cmd.Context()
			if parent == nil {
				parent = context.Background()
			}
			ctx, cancel := context.WithTimeout(parent, changesLimit)
			defer cancel()
			return sub.run(ctx, cmd.OutOrStdout(), url)
		}
		cmd.AddCommand(command)
	}
	return cmd
}

func printChanges(_ context.Context, out io.Writer, url string) error {
	text, err := feed.Instructions(url)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, text)
	return err
}

func installChanges(ctx context.Context, out io.Writer, url string) error {
	if err := feed.Install(ctx, url); err != nil {
		return err
	}
	return say(out, url, "the triggers are installed")
}

func removeChanges(ctx context.Context, out io.Writer, url string) error {
	if err := feed.Remove(ctx, url); err != nil {
		return err
	}
	return say(out, url, "the triggers are removed")
}

func statusOfChanges(ctx context.Context, out io.Writer, url string) error {
	if err := feed.Check(ctx, url); err != nil {
		return fmt.Errorf("changes can't be followed: %w", err)
	}
	return say(out, url, "changes can be followed")
}

func say(out io.Writer, url, text string) error {
	u, err := dburl.Parse(url)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s: %s\n", u.Redacted(), text)
	return err
}
