package main

import (
	"fmt"
	"net/url"
	"os"
	"slices"

	"github.com/urfave/cli/v3"

	"fitvault/export/influx"
	"fitvault/export/schema"
	"fitvault/store/catalog"
)

// checks finds the faults of a flag's value, by the flag's name. Every command runs those
// of its flags before it does anything.
var checks = map[string]func(*cli.Command) error{
	"source": func(c *cli.Command) error {
		known := sourceNames(catalog.APIs())
		if c.Name == "status" || c.Name == "list" { // which show what archives gave, too
			known = sourceNames(catalog.Sources())
		}
		for _, name := range append(words(c, "source"), c.String("source")) {
			switch {
			case name == "" || slices.Contains(known, name):
			case name == string(catalog.Takeout) && c.Name != "demo":
				return &usageError{"--source: takeout is no source to sign in to: bring an archive in with fitvault import PATH"}
			default:
				return unknown("source", name, known)
			}
		}
		return nil
	},
	"account": func(c *cli.Command) error {
		if err := catalog.CheckTagValue(c.String("account")); err != nil {
			return &usageError{fmt.Sprintf("--account: %v", err)}
		}
		return nil
	},
	"prefer":                func(c *cli.Command) error { _, err := prefer(c); return err },
	"google-health-api-url": httpAddress("google-health-api-url"),
	"google-auth-url":       httpAddress("google-auth-url"),
	"google-token-url":      httpAddress("google-token-url"),
	"fitbit-api-url":        httpAddress("fitbit-api-url"),
	"fitbit-auth-url":       httpAddress("fitbit-auth-url"),
	"callback-url":          httpAddress("callback-url"),
	"google-rate": func(c *cli.Command) error {
		if rate := c.Float("google-rate"); !(rate > 0 && rate <= mostGoogleRate) {
			return &usageError{fmt.Sprintf("--google-rate: %v is not more than 0 and at most %d calls a second", rate, mostGoogleRate)}
		}
		return nil
	},
	"schema": func(c *cli.Command) error {
		if _, ok := schema.Lookup(c.String("schema")); !ok {
			return unknown("schema", c.String("schema"), schemaNames())
		}
		return nil
	},
	"device": func(c *cli.Command) error {
		if c.String("device") == "" {
			return nil
		}
		if err := catalog.CheckTagValue(c.String("device")); err != nil {
			return &usageError{"--device: " + err.Error()}
		}
		return nil
	},
	"type":  func(c *cli.Command) error { _, err := types(c); return err },
	"since": func(c *cli.Command) error { _, _, err := days(c); return err },
	"day": func(c *cli.Command) error {
		if given(c, "day") && (given(c, "since") || given(c, "until")) {
			return &usageError{"--day is one day, and --since and --until are a range: give one of the two"}
		}
		_, err := day(c, "day")
		return err
	},
	"zone": func(c *cli.Command) error { _, err := zone(c); return err },
	"influx-url": func(c *cli.Command) error {
		o, err := influxOptions(c)
		if err == nil && o.URL != "" { // demo needs none
			if _, err = influx.New(o); err != nil {
				err = &usageError{err.Error()}
			}
		}
		return err
	},
	"batch": func(c *cli.Command) error { return positive("batch", c.Int("batch") > 0, c.Int("batch")) },
	"interval": func(c *cli.Command) error {
		return positive("interval", c.Duration("interval") > 0, c.Duration("interval"))
	},
	"retry-for": func(c *cli.Command) error {
		return positive("retry-for", c.Duration("retry-for") >= 0, c.Duration("retry-for"))
	},
	"limit": func(c *cli.Command) error {
		if c.Name == "list" { // where 0 means all
			return positive("limit", c.Int("limit") >= 0, c.Int("limit"))
		}
		return positive("limit", c.Int("limit") > 0, c.Int("limit"))
	},
}

// httpAddress is the check of a flag that takes an HTTP address.
func httpAddress(flag string) func(*cli.Command) error {
	return func(c *cli.Command) error {
		if u, err := url.Parse(c.String(flag)); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return &usageError{fmt.Sprintf("--%s: %q is not an address such as http://localhost:8080/", flag, c.String(flag))}
		}
		return nil
	}
}

func positive(flag string, is bool, value any) error {
	if is {
		return nil
	}
	return &usageError{fmt.Sprintf("--%s: %v is too small", flag, value)}
}

// check finds the first fault of a command line that needs nothing else to be seen.
func (a *app) check(c *cli.Command) error {
	if all := a.faults(c); len(all) > 0 {
		return all[0]
	}
	return nil
}

// faults finds all of them.
func (a *app) faults(c *cli.Command) (all []error) {
	found := func(err error) {
		if err != nil {
			all = append(all, err)
		}
	}
	_, err := a.logger(c)
	found(err)
	for _, one := range c.Lineage() {
		for _, f := range one.Flags {
			found(readable(f))
		}
	}
	for _, f := range slices.Concat(c.Root().Flags, c.Flags) {
		if check, ok := checks[f.Names()[0]]; ok {
			found(check(c))
		}
	}
	return all
}

// readable is an error when an environment variable names a file for a flag and the file
// cannot be read.
func readable(f cli.Flag) error {
	doc, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return nil
	}
	for _, name := range doc.GetEnvVars() {
		path := os.Getenv(name + "_FILE")
		if path == "" {
			continue
		}
		if _, err := os.ReadFile(path); err != nil {
			return &usageError{fmt.Sprintf("%s_FILE: %v", name, err)}
		}
	}
	return nil
}
