package main

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lmittmann/tint"
	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"fitvault/store/catalog"
)

// env names the environment variables of a flag: its FITVAULT_* twin, then the names that
// the original exporter and the ecosystem have for it, then the file that each NAME_FILE
// names.
func env(flag string, also ...string) cli.ValueSourceChain {
	vars := append([]string{"FITVAULT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))}, also...)
	var sources []cli.ValueSource
	for _, v := range vars {
		sources = append(sources, setVariable{v})
	}
	for _, v := range vars {
		sources = append(sources, fileVariable{v})
	}
	return cli.NewValueSourceChain(sources...)
}

// setVariable is an environment variable that counts only when it is not empty: compose
// files pass on unset names as empty ones.
type setVariable struct{ name string }

func (v setVariable) Lookup() (string, bool) {
	s := os.Getenv(v.name)
	return s, s != ""
}
func (v setVariable) String() string   { return "environment variable " + v.name }
func (v setVariable) GoString() string { return v.String() }
func (v setVariable) IsFromEnv() bool  { return true }
func (v setVariable) Key() string      { return v.name }

// fileVariable is a file that NAME_FILE names. The function readable finds one that
// cannot be read.
type fileVariable struct{ name string }

func (v fileVariable) Lookup() (string, bool) {
	path := os.Getenv(v.name + "_FILE")
	if path == "" {
		return "", false
	}
	b, err := os.ReadFile(path)
	return strings.TrimRight(string(b), "\r\n"), err == nil
}
func (v fileVariable) String() string   { return "file named by " + v.name + "_FILE" }
func (v fileVariable) GoString() string { return v.String() }

// commonFlags are understood by every command.
func commonFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "vault", Usage: "the vault's file; may be repeated for run", Sources: env("vault"),
			DefaultText: "fitvault.db in the user's data folder"},
		&cli.StringFlag{Name: "account", Usage: "label of a vault that is made now: the tag account of its points", Value: "me", Sources: env("account")},
		&cli.BoolFlag{Name: "json", Usage: "print JSON", Sources: env("json")},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print errors only", Sources: env("quiet")},
		&cli.StringFlag{Name: "log-format", Usage: "text or json", Value: "text", Sources: env("log-format")},
		&cli.StringFlag{Name: "log-level", Usage: "debug, info, warn or error", Value: "info", Sources: env("log-level")},
	}
}

func sourceFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "source", Usage: "only this source (" + strings.Join(sourceNames(catalog.APIs()), ", ") + ")",
		Sources: env("source"), DefaultText: "all that the vault or the environment has credentials for"}
}

func typeFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "type", Usage: "only these types, measurements or groups", Sources: env("type"), DefaultText: "all"}
}

func eagerFlag() cli.Flag {
	return &cli.BoolFlag{Name: "eager", Usage: "read again all that a sync may have changed, also where calls are scarce and the answer is hours old", Sources: env("eager")}
}

func rangeFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "since", Usage: "first day wanted, YYYY-MM-DD", Sources: env("since")},
		&cli.StringFlag{Name: "until", Usage: "last day wanted, YYYY-MM-DD", Sources: env("until")},
	}
}

func zoneFlag() cli.Flag {
	return &cli.StringFlag{Name: "zone", Usage: "IANA zone of the days, where no profile tells it", Sources: env("zone")}
}

// logger returns the log: to stderr, coloured on a terminal.
func (a *app) logger(c *cli.Command) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.String("log-level"))); err != nil {
		return nil, unknown("log level", c.String("log-level"), []string{"debug", "info", "warn", "error"})
	}
	if c.Bool("quiet") {
		level = slog.LevelError
	}
	switch c.String("log-format") {
	case "json":
		return slog.New(slog.NewJSONHandler(a.err, &slog.HandlerOptions{Level: level})), nil
	case "text":
		return slog.New(tint.NewTextHandler(a.err, &tint.Options{Level: level, TimeFormat: time.DateTime, NoColor: !terminal(a.err)})), nil
	}
	return nil, unknown("log format", c.String("log-format"), []string{"text", "json"})
}

// terminal reports whether a stream is a terminal.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// day reads a flag that holds a date; nil when it is not given.
func day(c *cli.Command, flag string) (*catalog.Day, error) {
	s := c.String(flag)
	if s == "" {
		return nil, nil
	}
	d, err := catalog.ParseDay(s)
	if err != nil {
		return nil, &usageError{fmt.Sprintf("--%s: %v%s", flag, err, nearestDay(s))}
	}
	return &d, nil
}

// nearestDay names a date that was probably meant: a day beyond its month's end.
func nearestDay(s string) string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if len(parts) != 3 {
		return ", as in " + time.Now().Format(time.DateOnly)
	}
	var n [3]int
	for i, p := range parts {
		n[i], _ = strconv.Atoi(p) // too large a number becomes the largest
	}
	if n[0] < 1000 { // written the other way round
		n[0], n[2] = n[2], n[0]
	}
	year, month := min(max(n[0], 1970), 9999), min(max(n[1], 1), 12)
	last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return fmt.Sprintf(": did you mean %04d-%02d-%02d?", year, month, min(max(n[2], 1), last))
}

// days reads --since and --until.
func days(c *cli.Command) (since, until *catalog.Day, err error) {
	if since, err = day(c, "since"); err != nil {
		return nil, nil, err
	}
	if until, err = day(c, "until"); err != nil {
		return nil, nil, err
	}
	if since != nil && until != nil && *since > *until {
		return nil, nil, &usageError{fmt.Sprintf("--since %v is after --until %v", *since, *until)}
	}
	if since != nil && *since > catalog.DayOf(time.Now().In(time.FixedZone("", 14*60*60))) { // no zone is further ahead
		return nil, nil, &usageError{fmt.Sprintf("--since %v is in the future", *since)}
	}
	return since, until, nil
}

// words reads a flag that takes names, repeated or with commas.
func words(c *cli.Command, flag string) []string {
	return strings.FieldsFunc(strings.Join(c.StringSlice(flag), ","), func(r rune) bool { return r == ',' || r == ' ' })
}

// types reads --type.
func types(c *cli.Command) ([]catalog.Type, error) {
	t, err := catalog.Select(words(c, "type"))
	if err != nil {
		bad := err.(*catalog.UnknownTypeError)
		return nil, unknown("type", bad.Word, catalog.Words())
	}
	return t, nil
}

func sourceNames(sources []catalog.Source) []string {
	var out []string
	for _, s := range sources {
		out = append(out, string(s))
	}
	return out
}

// zone reads --zone; nil when it is not given.
func zone(c *cli.Command) (*time.Location, error) {
	name := c.String("zone")
	if name == "" {
		return nil, nil
	}
	loc, err := zoneNamed(name)
	if err != nil {
		return nil, &usageError{"--zone: " + err.Error()}
	}
	return loc, nil
}

// given reports whether a flag stands on the command line, as against the environment.
func given(c *cli.Command, flag string) bool {
	args, _ := c.Root().Metadata["args"].([]string)
	return slices.ContainsFunc(args, func(arg string) bool {
		name, _, _ := strings.Cut(arg, "=")
		return name == "--"+flag || name == "-"+flag
	})
}

// vaultPaths returns the vaults named, or the default one.
func vaultPaths(c *cli.Command) ([]string, error) {
	if paths := c.StringSlice("vault"); given(c, "vault") {
		return paths, nil
	} else if len(paths) > 0 { // from the environment: divided as PATH is
		return filepath.SplitList(paths[0]), nil
	}
	folder := os.Getenv("XDG_DATA_HOME")
	if folder == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, &usageError{"no home folder to keep a vault in: name one with --vault"}
		}
		folder = filepath.Join(home, ".local", "share")
	}
	return []string{filepath.Join(folder, "fitvault", "fitvault.db")}, nil
}

// vaultPath returns the one vault of a command that works on one.
func vaultPath(c *cli.Command) (string, error) {
	paths, err := vaultPaths(c)
	if err != nil {
		return "", err
	}
	if len(paths) > 1 {
		return "", &usageError{c.Name + " works on one vault: give --vault once"}
	}
	return paths[0], nil
}
