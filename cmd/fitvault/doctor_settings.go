package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"fitvault/store/catalog"
)

// settings looks at flags and environment, and returns what the environment holds for the
// sources that --source names, or for all.
func (d *checkup) settings() []environment {
	seen := map[string]bool{}
	bad := func(err error) {
		if err != nil && !seen[err.Error()] {
			seen[err.Error()] = true
			d.add(finding{Check: "settings", Verdict: faulty, Found: err.Error(),
				Remedy: "correct it on the command line or in the environment (fitvault doctor --help lists both)", code: exitUsage})
		}
	}
	for _, err := range d.faults(d.c) {
		bad(err)
	}
	for _, s := range secrets() {
		_, err := s.value()
		bad(err)
	}
	var out []environment
	for _, s := range catalog.APIs() {
		if only := words(d.c, "source"); len(only) > 0 && !slices.Contains(only, string(s)) {
			continue
		}
		e, err := environmentFor(d.c, s)
		bad(err)
		if err == nil {
			out = append(out, e)
		}
	}
	if len(seen) == 0 {
		d.add(finding{Check: "settings", Verdict: allRight, Found: "flags and environment can be read"})
	}
	return out
}

// client looks at the registered app of a source that is used.
func (d *checkup) client(e environment) {
	check := string(e.source) + " app"
	if err := e.registered(); err != nil {
		f := finding{Check: check, Verdict: faulty, Found: "no app is named to sign in with", Remedy: hint(exitSignIn, err), code: exitSignIn}
		if e.id != "" {
			f.Found = "the app " + e.id + " is named without its secret"
		}
		d.add(f)
		return
	}
	if err := e.callback(d.c); err != nil {
		d.add(finding{Check: check, Verdict: faulty, Found: err.Error(), Remedy: "register that redirect, or name a registered one with --callback-url", code: exitUsage})
		return
	}
	f := finding{Check: check, Verdict: allRight, Found: "an app is named, and its redirect is " + e.redirect}
	switch file := d.c.String("client-file"); {
	case e.source == catalog.Google && file != "" && e.file.ID == "":
		f.Verdict = warning
		f.Found = fmt.Sprintf("GOOGLE_CLIENT_ID and the client file %s name different apps; the file is not looked at", file)
		f.Remedy = "keep one of the two: a sign-in works only with the app that it was made with"
	case !isLoopback(e.redirect):
		f.Verdict = warning
		f.Found = "the redirect " + e.redirect + " is not on this machine, so that a sign-in cannot be waited for here"
		f.Remedy = "sign in with fitvault login --no-browser, or register http://localhost:8080/ and name it with --callback-url"
	}
	d.add(f)
}

// register says how an app is named.
var register = map[catalog.Source]string{
	catalog.Fitbit: "set CLIENT_ID, and CLIENT_SECRET if the app has one, to what the app's page at dev.fitbit.com says",
	catalog.Google: "make an OAuth client of type Desktop app (Google Cloud console, Google Auth Platform, Clients), download its JSON file " +
		"and name it with --client-file or GOOGLE_CLIENT_FILE, or set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET to what it holds",
}

// vault looks at the file, and at the disk that it lies on. No vault is no fault.
func (d *checkup) vault(ctx context.Context) {
	path, err := vaultPath(d.c)
	if err != nil {
		d.add(finding{Check: "vault", Verdict: faulty, Found: err.Error(), Remedy: "name one vault with --vault or FITVAULT_VAULT", code: exitUsage})
		return
	}
	d.st, err = d.openVault(ctx, d.c, path, false)
	d.add(d.opened(ctx, path, err))
	d.add(disk(path))
}

func (d *checkup) opened(ctx context.Context, path string, err error) finding {
	f := finding{Check: "vault", Verdict: faulty}
	var usage *usageError
	switch {
	case errors.As(err, &usage):
		f.Found, f.Remedy, f.code = err.Error(), "correct it in the environment", exitUsage
		return f
	case isNoVault(err):
		return absent(path)
	case err != nil:
		f.Found, f.Remedy = err.Error(), "let this user read and write the file and its folder, or name another vault with --vault"
		return f
	}
	problems, err := d.st.QuickCheck(ctx)
	switch {
	case err != nil:
		f.Found, f.Remedy = err.Error(), damaged
	case len(problems) > 0:
		f.Found, f.Remedy = fmt.Sprintf("%s is damaged: %s", path, problems[0]), damaged
	default:
		f.Verdict = allRight
		f.Found = fmt.Sprintf("%s, account %s, %s; its structure is whole (fitvault verify compares the contents too)",
			path, d.st.Account(), space(vaultSize(path)))
	}
	return f
}

const damaged = "copy the file away, run fitvault verify to see what is left, and go back to a copy that it finds whole"
